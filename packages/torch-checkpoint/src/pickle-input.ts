import type { Fail } from './fail.ts'

/** The bytes of a pickle, read from front to back. */
export interface PickleInput {
  position(): number
  byte(): number
  uint16(): number
  int32(): number
  uint32(): number
  float64(): number
  /** An 8-byte length, which must fit the file. */
  length(): number
  bytes(length: number): Uint8Array
  text(length: number): string
  /** Text up to a line feed. */
  line(): string
  /** A signed little-endian integer of any length; a bigint where a number would not hold it. */
  integer(length: number): number | bigint
}

/** Digits that are worth reading: a checkpoint has no use for longer numbers, and their arithmetic is quadratic. */
const mostIntegerBytes = 64

export function createPickleInput(bytes: Uint8Array, start: number, fail: Fail): PickleInput {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = start
  const take = (count: number): number => {
    if (count > bytes.length - at) fail('the pickle ends in the middle: the file is torn')
    at += count
    return at - count
  }
  const slice = (length: number) => {
    const from = take(length)
    return bytes.subarray(from, from + length)
  }
  return {
    position: () => at,
    byte: () => bytes[take(1)]!,
    uint16: () => view.getUint16(take(2), true),
    int32: () => view.getInt32(take(4), true),
    uint32: () => view.getUint32(take(4), true),
    float64: () => view.getFloat64(take(8), false),
    length: () => Number(view.getBigUint64(take(8), true)),
    bytes: slice,
    text: (length) => new TextDecoder().decode(slice(length)),
    line() {
      const end = bytes.indexOf(10, at)
      if (end < 0) fail('the pickle ends in the middle: the file is torn')
      const text = new TextDecoder().decode(bytes.subarray(at, end))
      at = end + 1
      return text
    },
    integer(length) {
      if (length > mostIntegerBytes) fail(`the pickle holds an integer of ${length} bytes, which no checkpoint does`)
      const digits = slice(length)
      let value = 0n
      for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(digits[i]!)
      return narrow(BigInt.asIntN(8 * length, value))
    },
  }
}

/** A number where it holds the value exactly. */
export function narrow(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
