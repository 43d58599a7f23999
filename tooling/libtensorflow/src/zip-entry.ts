/** A file in a ZIP archive. */
export interface ZipEntry {
  readonly name: string
  /** 0: stored, 8: deflated. */
  readonly method: number
  readonly compressedSize: number
  readonly size: number
  readonly crc32: number
  /** Where its local header begins. */
  readonly offset: number
}
