/** A row as SQL names its columns. */
export type Row = Record<string, unknown>

/** One session of a PostgreSQL server: statements sent through it share transactions. */
export interface Session {
  query(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** Runs a `COPY table FROM STDIN` with what follows `FROM STDIN` in `options`. */
  copyIn(table: string, options: string, data: Iterable<Uint8Array>): Promise<void>
}

/** Lends a session, one at a time. */
export interface SessionSource {
  /** Where it leads, for error messages; without passwords. */
  readonly address: string
  /** Whether a session that was lost can be had again. */
  readonly reconnects: boolean
  session(): Promise<Session>
  /** Says that the session lent last is lost. */
  discard(): Promise<void>
  close(): Promise<void>
}
