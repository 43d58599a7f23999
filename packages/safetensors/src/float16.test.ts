import { expect, test } from 'vitest'
import { decodeFloat16, encodeFloat16 } from './float16.ts'

const halves = Uint16Array.from({ length: 65536 }, (_, i) => i)

test('all 65536 halves have the value of their definition', () => {
  const wrong = [...decodeFloat16(halves)].filter((value, i) => !Object.is(value, definition(i)))
  expect(wrong).toEqual([])
})

test('all 65536 halves come back, NaN payloads included', () => {
  const back = new Uint16Array(65536)
  encodeFloat16(decodeFloat16(halves), back)
  expect(Buffer.compare(Buffer.from(back.buffer), Buffer.from(halves.buffer))).toBe(0)
})

test('a NaN whose payload is lost stays a NaN', () => {
  const half = new Uint16Array(1)
  encodeFloat16(new Float32Array(new Uint32Array([0xff800001]).buffer), half)
  expect(half[0]).toBe(0xfe00)
})

function definition(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 31
  const fraction = (half & 1023) / 1024
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15)
}
