// Codes of vectors less a centre. All arithmetic is float32: its rounding is part of the bounds that use the results.

/** Below this a scale loses digits, and codes say nothing. */
const smallestScale: f32 = 1e-30

/**
 * Writes codes of `value - center`, of `dimension` numbers, times 1 / scale, of at most `top` in size: as int16, or with
 * `narrow` as int8, `zero` added. The codes from `dimension` up to `padded`, a multiple of 8, stand for 0. Writes to `out`
 * four float32: the squared norm of the difference, the squared norm of what the codes lose, the scale, the sum of the codes.
 */
export function encode(
  value: usize,
  center: usize,
  dimension: i32,
  padded: i32,
  top: f32,
  zero: i32,
  narrow: bool,
  codes: usize,
  out: usize,
): void {
  const largest = largestDifference(value, center, dimension)
  let scale: f32 = largest / top
  let perUnit: f32 = 1 / scale
  if (!(scale > smallestScale && scale < Infinity)) {
    scale = 0
    perUnit = 0
  }
  let squares = f32x4.splat(0)
  let losses = f32x4.splat(0)
  const perUnits = f32x4.splat(perUnit)
  const scales = f32x4.splat(scale)
  const tops = f32x4.splat(top)
  const zeros = i16x8.splat(<i16>zero)
  let sums = i32x4.splat(0)
  for (let i: i32 = 0; i < padded; i += 8) {
    const a = difference(value, center, i, dimension)
    const b = difference(value, center, i + 4, dimension)
    const codeA = nearest(f32x4.mul(a, perUnits), tops)
    const codeB = nearest(f32x4.mul(b, perUnits), tops)
    const lostA = f32x4.sub(a, f32x4.mul(codeA, scales))
    const lostB = f32x4.sub(b, f32x4.mul(codeB, scales))
    squares = f32x4.add(squares, f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b)))
    losses = f32x4.add(losses, f32x4.add(f32x4.mul(lostA, lostA), f32x4.mul(lostB, lostB)))
    const eight = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(codeA), i32x4.trunc_sat_f32x4_s(codeB))
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(eight))
    if (narrow) {
      const moved = i16x8.add(eight, zeros)
      store<u64>(codes + <usize>i, i64x2.extract_lane(i8x16.narrow_i16x8_s(moved, moved), 0))
    } else v128.store(codes + <usize>(i * 2), eight)
  }
  store<f32>(out, sum(squares))
  store<f32>(out + 4, sum(losses))
  store<f32>(out + 8, scale)
  store<f32>(out + 12, sum(f32x4.convert_i32x4_s(sums)))
}

/** Writes `value - center` as float32, zeros from `dimension` up to `padded`, a multiple of 4, and its squared norm to `out`. */
export function subtract(value: usize, center: usize, dimension: i32, padded: i32, into: usize, out: usize): void {
  let squares = f32x4.splat(0)
  for (let i: i32 = 0; i < padded; i += 4) {
    const a = difference(value, center, i, dimension)
    squares = f32x4.add(squares, f32x4.mul(a, a))
    v128.store(into + <usize>(i * 4), a)
  }
  store<f32>(out, sum(squares))
}

/** Four differences from place `i` on, zero beyond `dimension`. */
function difference(value: usize, center: usize, i: i32, dimension: i32): v128 {
  const at = <usize>(i * 4)
  if (i + 4 <= dimension) return f32x4.sub(v128.load(value + at), v128.load(center + at))
  let four = f32x4.splat(0)
  if (i < dimension) four = f32x4.replace_lane(four, 0, load<f32>(value + at) - load<f32>(center + at))
  if (i + 1 < dimension) four = f32x4.replace_lane(four, 1, load<f32>(value + at + 4) - load<f32>(center + at + 4))
  if (i + 2 < dimension) four = f32x4.replace_lane(four, 2, load<f32>(value + at + 8) - load<f32>(center + at + 8))
  return four
}

function largestDifference(value: usize, center: usize, dimension: i32): f32 {
  let largest = f32x4.splat(0)
  for (let i: i32 = 0; i < dimension; i += 4) {
    largest = f32x4.max(largest, f32x4.abs(difference(value, center, i, dimension)))
  }
  const low = max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1))
  return max(low, max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)))
}

function nearest(values: v128, tops: v128): v128 {
  return f32x4.max(f32x4.neg(tops), f32x4.min(tops, f32x4.nearest(values)))
}

function sum(four: v128): f32 {
  const low = f32x4.extract_lane(four, 0) + f32x4.extract_lane(four, 1)
  return low + (f32x4.extract_lane(four, 2) + f32x4.extract_lane(four, 3))
}
