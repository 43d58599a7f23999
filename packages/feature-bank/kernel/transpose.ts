/** Turns `rows` rows of `columns` bytes, multiples of 4 and of 8, into `columns` rows of `rows` bytes. */
export function transpose(from: usize, rows: i32, columns: i32, into: usize): void {
  const bytes = <usize>columns
  for (let row: i32 = 0; row < rows; row += 4) {
    const source = from + <usize>row * bytes
    const target = into + <usize>row
    for (let column: i32 = 0; column < columns; column += 8) {
      const at = source + <usize>column
      const ab = interleave(v128.load64_zero(at), v128.load64_zero(at + bytes))
      const cd = interleave(v128.load64_zero(at + 2 * bytes), v128.load64_zero(at + 3 * bytes))
      const low = v128.shuffle<i16>(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11)
      const high = v128.shuffle<i16>(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15)
      const out = target + <usize>(column * rows)
      const step = <usize>rows
      v128.store32_lane(out, low, 0)
      v128.store32_lane(out + step, low, 1)
      v128.store32_lane(out + 2 * step, low, 2)
      v128.store32_lane(out + 3 * step, low, 3)
      v128.store32_lane(out + 4 * step, high, 0)
      v128.store32_lane(out + 5 * step, high, 1)
      v128.store32_lane(out + 6 * step, high, 2)
      v128.store32_lane(out + 7 * step, high, 3)
    }
  }
}

/** The first eight bytes of both in turn. */
function interleave(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

/** Adds `zero` to int16 codes and writes them as bytes; `count` is a multiple of 8. */
export function narrow(codes: usize, count: i32, zero: i32, into: usize): void {
  const zeros = i16x8.splat(<i16>zero)
  for (let i: i32 = 0; i < count; i += 8) {
    const eight = i16x8.add(v128.load(codes + <usize>(i * 2)), zeros)
    v128.store64_lane(into + <usize>i, i8x16.narrow_i16x8_u(eight, eight), 0)
  }
}
