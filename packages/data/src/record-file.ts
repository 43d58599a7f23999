import type { ByteSource } from './byte-source.ts'

/** Records of one size, one after the other, from `offset` on. */
export interface RecordFile {
  readonly bytes: ByteSource
  readonly offset: number
  readonly recordSize: number
  readonly count: number
}

/** Bytes of the records at `positions` of several files counted through, in that order; neighbours share one read. */
export async function readRecords(files: readonly RecordFile[], positions: Int32Array): Promise<Uint8Array> {
  const recordSize = files[0]?.recordSize ?? 0
  const data = new Uint8Array(positions.length * recordSize)
  for (let start = 0; start < positions.length;) {
    const { file, record } = locateRecord(files, positions[start]!)
    let end = start + 1
    while (end < positions.length && positions[end] === positions[end - 1]! + 1 && record + end - start < file.count)
      end++
    await file.bytes.read(file.offset + record * recordSize, data.subarray(start * recordSize, end * recordSize))
    start = end
  }
  return data
}

/** Which file holds the record at a position of several files counted through, and the record's number in it. */
export function locateRecord(files: readonly RecordFile[], position: number): { file: RecordFile; record: number } {
  let record = position
  for (const file of files) {
    if (record < file.count) return { file, record }
    record -= file.count
  }
  throw new RangeError(`no record ${position}`)
}
