/** A stretch of a file. */
export interface FilePlace {
  readonly path: string
  /** Its first byte. */
  readonly offset: number
}

/** Reads parts of files; every thread has one of its own. */
export interface FileAccess {
  /** Fills `into`, and waits for it. @throws InvalidFileError naming the file. */
  readAt(path: string, position: number, into: Uint8Array): void
  openAhead(place: FilePlace): ReadAhead
  close(): void
}

/** Reads pieces of a stretch, one while another is being used. */
export interface ReadAhead {
  /** Begins to read what may be asked for next. */
  expect(offset: number, bytes: number): void
  /** Valid until the next but one is read. */
  read(offset: number, bytes: number): Promise<Uint8Array>
  /** Closes the file once nothing is being read. */
  close(): void
}
