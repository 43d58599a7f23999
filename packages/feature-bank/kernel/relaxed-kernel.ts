// The product of narrow codes, for engines with relaxed SIMD: `pnpm run build-kernel` compiles it into
// src/search/generated/relaxed-kernel.ts. Its instruction multiplies 16 pairs of bytes at once, twice as many as integerDots.
import { addLanes } from './dots'

/** Bytes whose products are summed in 16 bits: 16 a lane, each of at most 31 * 64. */
const chunk: usize = 128

/**
 * int8 queries of at most 31 in size, rows of bytes 0..64, both of `dimension` numbers, a multiple of 16, otherwise as
 * integerDots.
 */
export function narrowDots(list: usize, queries: i32, rows: usize, count: i32, dimension: i32, out: usize): void {
  for (let query: i32 = 0; query < queries; query += 2) {
    const at = list + <usize>(query * 4)
    const into = out + <usize>(query * count * 4)
    // A last query without another is multiplied twice.
    const isPair = query + 1 < queries
    const second = load<u32>(isPair ? at + 4 : at)
    narrowPair(load<u32>(at), second, rows, count, <usize>dimension, into, isPair ? into + <usize>(count * 4) : into)
  }
}

function narrowPair(first: usize, second: usize, rows: usize, count: i32, bytes: usize, out: usize, out2: usize): void {
  const ones = i16x8.splat(1)
  const end = first + bytes
  for (let row: i32 = 0; row < count; row += 4) {
    let p = first
    let q = second
    let r0 = rows + <usize>row * bytes
    let r1 = r0 + bytes
    let r2 = r1 + bytes
    let r3 = r2 + bytes
    let a0 = i32x4.splat(0)
    let a1 = i32x4.splat(0)
    let a2 = i32x4.splat(0)
    let a3 = i32x4.splat(0)
    let b0 = i32x4.splat(0)
    let b1 = i32x4.splat(0)
    let b2 = i32x4.splat(0)
    let b3 = i32x4.splat(0)
    while (p < end) {
      const stop = min(p + chunk, end)
      let s0 = i16x8.splat(0)
      let s1 = i16x8.splat(0)
      let s2 = i16x8.splat(0)
      let s3 = i16x8.splat(0)
      let t0 = i16x8.splat(0)
      let t1 = i16x8.splat(0)
      let t2 = i16x8.splat(0)
      let t3 = i16x8.splat(0)
      while (p < stop) {
        const x = v128.load(p)
        const y = v128.load(q)
        let r = v128.load(r0)
        s0 = i16x8.add(s0, i16x8.relaxed_dot_i8x16_i7x16_s(x, r))
        t0 = i16x8.add(t0, i16x8.relaxed_dot_i8x16_i7x16_s(y, r))
        r = v128.load(r1)
        s1 = i16x8.add(s1, i16x8.relaxed_dot_i8x16_i7x16_s(x, r))
        t1 = i16x8.add(t1, i16x8.relaxed_dot_i8x16_i7x16_s(y, r))
        r = v128.load(r2)
        s2 = i16x8.add(s2, i16x8.relaxed_dot_i8x16_i7x16_s(x, r))
        t2 = i16x8.add(t2, i16x8.relaxed_dot_i8x16_i7x16_s(y, r))
        r = v128.load(r3)
        s3 = i16x8.add(s3, i16x8.relaxed_dot_i8x16_i7x16_s(x, r))
        t3 = i16x8.add(t3, i16x8.relaxed_dot_i8x16_i7x16_s(y, r))
        p += 16
        q += 16
        r0 += 16
        r1 += 16
        r2 += 16
        r3 += 16
      }
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(s0, ones))
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(s1, ones))
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(s2, ones))
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(s3, ones))
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(t0, ones))
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(t1, ones))
      b2 = i32x4.add(b2, i32x4.dot_i16x8_s(t2, ones))
      b3 = i32x4.add(b3, i32x4.dot_i16x8_s(t3, ones))
    }
    v128.store(out2 + <usize>(row * 4), f32x4.convert_i32x4_s(addLanes(b0, b1, b2, b3)))
    v128.store(out + <usize>(row * 4), f32x4.convert_i32x4_s(addLanes(a0, a1, a2, a3)))
  }
}
