import { type DType, InvalidInputError } from '@mode-ood/core'
import { elementSize } from './element-size.ts'
import { isUnicode } from './is-unicode.ts'

/** Type and shape of a tensor. */
export interface TensorType {
  readonly dtype: DType
  readonly shape: readonly number[]
}

/** Order of types in a file, wide ones first, so that every tensor is aligned; the same as Python's safetensors. */
const order: readonly DType[] = ['I64', 'F64', 'F32', 'I32', 'BF16', 'F16', 'U8']

/** Tensors in the order of a file: by type, then by name. */
export function sortEntries<T extends TensorType>(
  entries: readonly (readonly [string, T])[],
): (readonly [string, T])[] {
  return [...entries].sort(
    ([a, { dtype: left }], [b, { dtype: right }]) => order.indexOf(left) - order.indexOf(right) || compareText(a, b),
  )
}

/**
 * The first bytes of a safetensors file, up to the elements of its first tensor, so that whoever writes a large file can
 * append the elements piece by piece. Tensors follow each other in the order given: `sortEntries` gives the usual one.
 *
 * @throws InvalidInputError when metadata are not valid Unicode.
 */
export function encodeHeader(
  tensors: readonly (readonly [string, TensorType])[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const parts: string[] = []
  const texts = Object.entries(metadata).sort(([a], [b]) => compareText(a, b))
  for (const [key, text] of texts) checkText(key, text)
  if (texts.length > 0) {
    const pairs = texts.map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`)
    parts.push(`"__metadata__":{${pairs.join(',')}}`)
  }
  let begin = 0
  for (const [name, { dtype, shape }] of tensors) {
    const end = begin + shape.reduce((product, extent) => product * extent, elementSize[dtype])
    parts.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`)
    begin = end
  }
  const json = new TextEncoder().encode(`{${parts.join(',')}}`)
  const length = Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(8 + length).fill(0x20)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  bytes.set(json, 8)
  return bytes
}

function checkText(key: string, text: unknown): void {
  if (typeof text !== 'string') throw new InvalidInputError(`metadata ${JSON.stringify(key)} is not a string`)
  if (!isUnicode(key) || !isUnicode(text)) {
    throw new InvalidInputError(`metadata ${JSON.stringify(key)} is not valid Unicode`)
  }
}

/** By code point, which is the order of UTF-8 bytes; `<` compares UTF-16 units and puts emoji before "\uff5e". */
function compareText(a: string, b: string): number {
  const left = Array.from(a, (character) => character.codePointAt(0)!)
  const right = Array.from(b, (character) => character.codePointAt(0)!)
  for (const [i, point] of left.entries()) {
    if (i >= right.length) return 1
    if (point !== right[i]) return point - right[i]!
  }
  return left.length - right.length
}
