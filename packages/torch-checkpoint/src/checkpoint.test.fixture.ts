import { crc32 } from 'node:zlib'

/** What may be wrong with an entry. */
export interface EntryFault {
  readonly checkSum?: number
  readonly size?: number
  readonly isWide?: boolean
}

/** A zip archive of stored entries, by its format (PKWARE APPNOTE), as the tests want it to be wrong. */
export function zipOf(entries: readonly (readonly [name: string, content: Uint8Array, fault?: EntryFault])[]): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content, { checkSum = crc32(content), size = content.length, isWide = false } = {}] of entries) {
    const local = numbers(
      [4, 0x04034b50],
      [2, 45],
      [8, 0],
      [4, checkSum],
      [4, size],
      [4, size],
      [2, name.length],
      [2, 0],
    )
    const where: Field[] = isWide
      ? [
          [2, 1],
          [2, 24],
          [8, size],
          [8, size],
          [8, offset],
        ]
      : []
    const narrow = isWide ? [0xffffffff, 0xffffffff] : [size, offset]
    directory.push(
      numbers([4, 0x02014b50], [2, 45], [2, 45], [8, 0], [4, checkSum], [4, narrow[0]!], [4, narrow[0]!]),
      numbers([2, name.length], [2, isWide ? 28 : 0], [2, 0], [2, 0], [2, 0], [4, 0], [4, narrow[1]!]),
      Buffer.from(name),
      numbers(...where),
    )
    locals.push(local, Buffer.from(name), Buffer.from(content))
    offset += local.length + name.length + content.length
  }
  const listed = Buffer.concat(directory)
  const count = entries.length
  const isWide = entries.some(([, , fault]) => fault?.isWide)
  const wideEnd = numbers(
    [4, 0x06064b50],
    [8, 44],
    [2, 45],
    [2, 45],
    [8, 0],
    [8, count],
    [8, count],
    [8, listed.length],
    [8, offset],
  )
  const locator = numbers([4, 0x07064b50], [4, 0], [8, offset + listed.length], [4, 1])
  const ending = isWide ? [0xffff, 0xffffffff] : [count, offset]
  const end = numbers(
    [4, 0x06054b50],
    [4, 0],
    [2, ending[0]!],
    [2, ending[0]!],
    [4, listed.length],
    [4, ending[1]!],
    [2, 0],
  )
  return Buffer.concat([...locals, listed, ...(isWide ? [wideEnd, locator] : []), end])
}

type Field = readonly [bytes: 2 | 4 | 8, value: number]

/** Little-endian fields one after the other. */
function numbers(...fields: Field[]): Buffer {
  return Buffer.concat(
    fields.map(([bytes, value]) => {
      const field = Buffer.alloc(8)
      field.writeBigUInt64LE(BigInt(value))
      return field.subarray(0, bytes)
    }),
  )
}

/** A checkpoint whose pickle is the given text, one byte a character, with one storage of four floats, 0 to 3. */
export function checkpointOf(pickle: string): Buffer {
  const storage = Buffer.from(Float32Array.of(0, 1, 2, 3).buffer)
  return zipOf([
    ['archive/data.pkl', Buffer.from(pickle, 'latin1')],
    ['archive/byteorder', Buffer.from('little')],
    ['archive/data/0', storage],
  ])
}

/** A pickle of a dictionary with one tensor of the storage. */
export function tensorPickle(tensor: TensorFields = {}): string {
  const { offset = 0, shape = [4], strides = [1], elements = 4, type = 'FloatStorage' } = tensor
  const integers = (values: readonly number[]) => `(${values.map((value) => `I${value}\n`).join('')}t`
  const storage = `((S'storage'\nctorch\n${type}\nS'0'\nS'cpu'\nI${elements}\ntQ`
  return `}S'w'\nctorch._utils\n_rebuild_tensor_v2\n${storage}I${offset}\n${integers(shape)}${integers(strides)}I00\n}tRs.`
}

export interface TensorFields {
  readonly offset?: number
  readonly shape?: readonly number[]
  readonly strides?: readonly number[]
  /** How many elements the storage is said to have, and of which type. */
  readonly elements?: number
  readonly type?: string
}
