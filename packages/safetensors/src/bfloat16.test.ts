import { expect, test } from 'vitest'
import { decodeBfloat16, encodeBfloat16 } from './bfloat16.ts'

test('all 65536 values come back, NaN payloads included', () => {
  const halves = Uint16Array.from({ length: 65536 }, (_, i) => i)
  const back = new Uint16Array(65536)
  encodeBfloat16(decodeBfloat16(halves), back)
  expect(Buffer.compare(Buffer.from(back.buffer), Buffer.from(halves.buffer))).toBe(0)
})

test('a tie goes to the even neighbour, a NaN whose payload is lost stays a NaN', () => {
  const bits = new Uint32Array([0x3f808000, 0x3f818000, 0x3f808001, 0x7f7fffff, 0xff800001])
  const halves = new Uint16Array(5)
  encodeBfloat16(new Float32Array(bits.buffer), halves)
  expect([...halves]).toEqual([0x3f80, 0x3f82, 0x3f81, 0x7f80, 0xffc0])
})
