// Inner products of queries with the rows of a tile. Queries are given by a list of pointers, rows follow each other, and
// `rows` is a multiple of 4. Results are float32, a row of `rows` numbers a query.

/** int16 queries, int8 rows, both of `dimension` numbers, a multiple of 8. The sums must fit 32 bits. */
export function integerDots(list: usize, queries: i32, rows: usize, count: i32, dimension: i32, out: usize): void {
  let query: i32 = 0
  for (; query + 2 <= queries; query += 2) {
    const at = list + <usize>(query * 4)
    const into = out + <usize>(query * count * 4)
    integerPair(load<u32>(at), load<u32>(at + 4), rows, count, <usize>dimension, into, into + <usize>(count * 4))
  }
  if (query < queries) {
    const at = load<u32>(list + <usize>(query * 4))
    integerSingle(at, rows, count, <usize>dimension, out + <usize>(query * count * 4))
  }
}

function integerPair(
  first: usize,
  second: usize,
  rows: usize,
  count: i32,
  bytes: usize,
  out: usize,
  out2: usize,
): void {
  const end = first + 2 * bytes
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
      const x = v128.load(p)
      const y = v128.load(q)
      let row8 = v128.load_ext<i8>(r0)
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(x, row8))
      b0 = i32x4.add(b0, i32x4.dot_i16x8_s(y, row8))
      row8 = v128.load_ext<i8>(r1)
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(x, row8))
      b1 = i32x4.add(b1, i32x4.dot_i16x8_s(y, row8))
      row8 = v128.load_ext<i8>(r2)
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(x, row8))
      b2 = i32x4.add(b2, i32x4.dot_i16x8_s(y, row8))
      row8 = v128.load_ext<i8>(r3)
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(x, row8))
      b3 = i32x4.add(b3, i32x4.dot_i16x8_s(y, row8))
      p += 16
      q += 16
      r0 += 8
      r1 += 8
      r2 += 8
      r3 += 8
    }
    v128.store(out + <usize>(row * 4), f32x4.convert_i32x4_s(addLanes(a0, a1, a2, a3)))
    v128.store(out2 + <usize>(row * 4), f32x4.convert_i32x4_s(addLanes(b0, b1, b2, b3)))
  }
}

function integerSingle(query: usize, rows: usize, count: i32, bytes: usize, out: usize): void {
  const end = query + 2 * bytes
  for (let row: i32 = 0; row < count; row += 4) {
    let p = query
    let r0 = rows + <usize>row * bytes
    let r1 = r0 + bytes
    let r2 = r1 + bytes
    let r3 = r2 + bytes
    let a0 = i32x4.splat(0)
    let a1 = i32x4.splat(0)
    let a2 = i32x4.splat(0)
    let a3 = i32x4.splat(0)
    while (p < end) {
      const x = v128.load(p)
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(x, v128.load_ext<i8>(r0)))
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(x, v128.load_ext<i8>(r1)))
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(x, v128.load_ext<i8>(r2)))
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(x, v128.load_ext<i8>(r3)))
      p += 16
      r0 += 8
      r1 += 8
      r2 += 8
      r3 += 8
    }
    v128.store(out + <usize>(row * 4), f32x4.convert_i32x4_s(addLanes(a0, a1, a2, a3)))
  }
}

/** The sum of the lanes of each. */
export function addLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7))
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7))
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7))
}

/** float32 queries and rows of `dimension` numbers, a multiple of 4. */
export function floatDots(list: usize, queries: i32, rows: usize, count: i32, dimension: i32, out: usize): void {
  const bytes = <usize>(dimension * 4)
  let query: i32 = 0
  for (; query + 2 <= queries; query += 2) {
    const at = list + <usize>(query * 4)
    const into = out + <usize>(query * count * 4)
    floatPair(load<u32>(at), load<u32>(at + 4), rows, count, bytes, into, into + <usize>(count * 4))
  }
  if (query < queries) {
    // The second result is written where the first is then written over it.
    const at = load<u32>(list + <usize>(query * 4))
    const into = out + <usize>(query * count * 4)
    floatPair(at, at, rows, count, bytes, into, into)
  }
}

function floatPair(first: usize, second: usize, rows: usize, count: i32, bytes: usize, out: usize, out2: usize): void {
  const end = first + bytes
  for (let row: i32 = 0; row < count; row += 4) {
    let p = first
    let q = second
    let r0 = rows + <usize>row * bytes
    let r1 = r0 + bytes
    let r2 = r1 + bytes
    let r3 = r2 + bytes
    let a0 = f32x4.splat(0)
    let a1 = f32x4.splat(0)
    let a2 = f32x4.splat(0)
    let a3 = f32x4.splat(0)
    let b0 = f32x4.splat(0)
    let b1 = f32x4.splat(0)
    let b2 = f32x4.splat(0)
    let b3 = f32x4.splat(0)
    while (p < end) {
      const x = v128.load(p)
      const y = v128.load(q)
      let four = v128.load(r0)
      a0 = f32x4.add(a0, f32x4.mul(x, four))
      b0 = f32x4.add(b0, f32x4.mul(y, four))
      four = v128.load(r1)
      a1 = f32x4.add(a1, f32x4.mul(x, four))
      b1 = f32x4.add(b1, f32x4.mul(y, four))
      four = v128.load(r2)
      a2 = f32x4.add(a2, f32x4.mul(x, four))
      b2 = f32x4.add(b2, f32x4.mul(y, four))
      four = v128.load(r3)
      a3 = f32x4.add(a3, f32x4.mul(x, four))
      b3 = f32x4.add(b3, f32x4.mul(y, four))
      p += 16
      q += 16
      r0 += 16
      r1 += 16
      r2 += 16
      r3 += 16
    }
    v128.store(out2 + <usize>(row * 4), addFloatLanes(b0, b1, b2, b3))
    v128.store(out + <usize>(row * 4), addFloatLanes(a0, a1, a2, a3))
  }
}

/** The sum of the lanes of each. */
export function addFloatLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7))
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7))
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7))
}
