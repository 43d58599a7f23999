// The inner loops of exact search, in AssemblyScript: `pnpm run build-kernel` compiles them into src/node/generated/kernel.ts.
// Pointers are byte offsets into the memory that the host gives; it keeps the regions apart.

/**
 * Squared L2 distances, float64, of a query to `count` vectors of `dimension` float32 each; infinity may stand for those
 * that float32 shows to be beyond `limit`, which allows for its rounding.
 */
export function squaredDistances(
  query: usize,
  vectors: usize,
  count: i32,
  dimension: i32,
  limit: f32,
  out: usize,
): void {
  const bytes = <usize>(dimension * 4)
  let row: i32 = 0
  if (limit < Infinity) {
    for (; row + 4 <= count; row += 4) {
      const far = i32x4.bitmask(f32x4.gt(roughDistances(query, vectors + row * bytes, dimension), f32x4.splat(limit)))
      for (let i: i32 = 0; i < 4; i++) {
        const at = row + i
        const isFar = (far >> i) & 1
        store<f64>(out + <usize>(at * 8), isFar ? Infinity : squaredDistance(query, vectors + at * bytes, dimension))
      }
    }
  }
  for (; row < count; row++)
    store<f64>(out + <usize>(row * 8), squaredDistance(query, vectors + row * bytes, dimension))
}

/** Squared distances to four consecutive vectors in float32. */
function roughDistances(query: usize, vectors: usize, dimension: i32): v128 {
  const bytes = <usize>(dimension * 4)
  const unrolled = <usize>((dimension & ~3) * 4)
  const second = vectors + bytes
  const third = second + bytes
  const fourth = third + bytes
  let a = f32x4.splat(0)
  let b = f32x4.splat(0)
  let c = f32x4.splat(0)
  let d = f32x4.splat(0)
  for (let at: usize = 0; at < unrolled; at += 16) {
    const q = v128.load(query + at)
    const da = f32x4.sub(q, v128.load(vectors + at))
    const db = f32x4.sub(q, v128.load(second + at))
    const dc = f32x4.sub(q, v128.load(third + at))
    const dd = f32x4.sub(q, v128.load(fourth + at))
    a = f32x4.add(a, f32x4.mul(da, da))
    b = f32x4.add(b, f32x4.mul(db, db))
    c = f32x4.add(c, f32x4.mul(dc, dc))
    d = f32x4.add(d, f32x4.mul(dd, dd))
  }
  let sums = addTransposed(a, b, c, d)
  for (let at = unrolled; at < bytes; at += 4) {
    const four = f32x4(load<f32>(vectors + at), load<f32>(second + at), load<f32>(third + at), load<f32>(fourth + at))
    const difference = f32x4.sub(f32x4.splat(load<f32>(query + at)), four)
    sums = f32x4.add(sums, f32x4.mul(difference, difference))
  }
  return sums
}

/** The sum of the lanes of each. */
function addTransposed(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7))
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7))
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7))
}

/**
 * Squared L2 distance in the order of summation of src/squared-distance.ts, bit for bit: four sums over every fourth
 * component, then (s0 + s1) + (s2 + s3).
 */
function squaredDistance(query: usize, vector: usize, dimension: i32): f64 {
  const unrolled: i32 = dimension & ~3
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  let q = query
  let v = vector
  for (let i: i32 = 0; i < unrolled; i += 4) {
    const a = v128.load(q)
    const b = v128.load(v)
    const d0 = f64x2.sub(promoteLow(a), promoteLow(b))
    const d1 = f64x2.sub(promoteHigh(a), promoteHigh(b))
    low = f64x2.add(low, f64x2.mul(d0, d0))
    high = f64x2.add(high, f64x2.mul(d1, d1))
    q += 16
    v += 16
  }
  let s0 = f64x2.extract_lane(low, 0)
  for (let i: i32 = unrolled; i < dimension; i++) {
    const d = <f64>load<f32>(q) - <f64>load<f32>(v)
    s0 += d * d
    q += 4
    v += 4
  }
  return s0 + f64x2.extract_lane(low, 1) + (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1))
}

function promoteLow(a: v128): v128 {
  return f64x2.promote_low_f32x4(a)
}

function promoteHigh(a: v128): v128 {
  return f64x2.promote_low_f32x4(i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15))
}

/**
 * The `k`-th largest of the float32 numbers of `parts` stretches of `length` (a multiple of 4) each, `stride` bytes apart;
 * minus infinity where there are fewer. `heap` is room for k numbers.
 */
export function kthLargest(values: usize, parts: i32, stride: i32, length: i32, k: i32, heap: usize): f32 {
  let count: i32 = 0
  let smallest: f32 = -Infinity
  for (let part: i32 = 0; part < parts; part++) {
    const begin = values + <usize>(part * stride)
    for (let i: i32 = 0; i < length; i += 4) {
      const four = v128.load(begin + <usize>(i * 4))
      if (!v128.any_true(f32x4.gt(four, f32x4.splat(smallest)))) continue
      for (let j: i32 = 0; j < 4; j++) {
        const value = load<f32>(begin + <usize>((i + j) * 4))
        if (value <= smallest) continue
        if (count < k) {
          rise(heap, count++, value)
          if (count == k) smallest = load<f32>(heap)
        } else {
          sink(heap, k, value)
          smallest = load<f32>(heap)
        }
      }
    }
  }
  return smallest
}

/** Adds a leaf to a heap with its smallest on top. */
function rise(heap: usize, leaf: i32, value: f32): void {
  let at = leaf
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = load<f32>(heap + <usize>(parent * 4))
    if (above <= value) break
    store<f32>(heap + <usize>(at * 4), above)
    at = parent
  }
  store<f32>(heap + <usize>(at * 4), value)
}

/** Replaces the top of a heap of `count`. */
function sink(heap: usize, count: i32, value: f32): void {
  let at: i32 = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= count) break
    let below = load<f32>(heap + <usize>(child * 4))
    if (child + 1 < count) {
      const right = load<f32>(heap + <usize>((child + 1) * 4))
      if (right < below) {
        child++
        below = right
      }
    }
    if (below >= value) break
    store<f32>(heap + <usize>(at * 4), below)
    at = child
  }
  store<f32>(heap + <usize>(at * 4), value)
}

/**
 * Positions (int32, part · length + place) of the numbers that are at least `needed`, in order, into `positions`; returns
 * how many. The stretches lie as for `kthLargest`.
 */
export function atLeast(values: usize, parts: i32, stride: i32, length: i32, needed: f32, positions: usize): i32 {
  const bar = f32x4.splat(needed)
  let count: i32 = 0
  for (let part: i32 = 0; part < parts; part++) {
    const begin = values + <usize>(part * stride)
    for (let i: i32 = 0; i < length; i += 4) {
      let mask = i32x4.bitmask(f32x4.ge(v128.load(begin + <usize>(i * 4)), bar))
      while (mask != 0) {
        store<i32>(positions + <usize>(count * 4), part * length + i + ctz(mask))
        count++
        mask &= mask - 1
      }
    }
  }
  return count
}
