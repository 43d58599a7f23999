/** What the driver uses of a `Client` of the package `pg`, or of a client that a pool has lent. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
  readonly escapeIdentifier: (name: string) => string
}

/** What the driver uses of a `PGlite`, PostgreSQL in WebAssembly. */
export interface PgliteClient {
  query(text: string, values?: unknown[], options?: { blob?: Blob }): Promise<{ rows: unknown[] }>
  readonly waitReady: Promise<void>
}
