import { addFloatLanes } from './dots'

/**
 * Squared L2 distances, float64, of a query to the vectors, of `dimension` float32 each, that a list of `count` pointers
 * names; infinity may stand for those that float32 shows to be beyond `limit`, which allows for its rounding.
 */
export function squaredDistances(query: usize, list: usize, count: i32, dimension: i32, limit: f32, out: usize): void {
  let row: i32 = 0
  if (limit < Infinity) {
    for (; row + 4 <= count; row += 4) {
      const four = list + <usize>(row * 4)
      const far = i32x4.bitmask(f32x4.gt(roughDistances(query, four, dimension), f32x4.splat(limit)))
      for (let i: i32 = 0; i < 4; i++) {
        const vector = load<u32>(four + <usize>(i * 4))
        const isFar = (far >> i) & 1
        store<f64>(out + <usize>((row + i) * 8), isFar ? Infinity : squaredDistance(query, vector, dimension))
      }
    }
  }
  for (; row < count; row++) {
    store<f64>(out + <usize>(row * 8), squaredDistance(query, load<u32>(list + <usize>(row * 4)), dimension))
  }
}

/** Squared distances to four vectors in float32. */
function roughDistances(query: usize, list: usize, dimension: i32): v128 {
  const bytes = <usize>(dimension * 4)
  const unrolled = <usize>((dimension & ~3) * 4)
  const vectors = <usize>load<u32>(list)
  const second = <usize>load<u32>(list + 4)
  const third = <usize>load<u32>(list + 8)
  const fourth = <usize>load<u32>(list + 12)
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
  let sums = addFloatLanes(a, b, c, d)
  for (let at = unrolled; at < bytes; at += 4) {
    const four = f32x4(load<f32>(vectors + at), load<f32>(second + at), load<f32>(third + at), load<f32>(fourth + at))
    const difference = f32x4.sub(f32x4.splat(load<f32>(query + at)), four)
    sums = f32x4.add(sums, f32x4.mul(difference, difference))
  }
  return sums
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
