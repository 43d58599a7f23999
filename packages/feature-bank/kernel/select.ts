// Which rows of a tile may be near a query. A row has float32 numbers n (its squared norm), e (what its code may lose) and s
// (the scale of its code), each in an array of its own; d - `zero` is its inner product with the query, both as codes.

/**
 * Positions (int32) of those of `count` rows for which n - weight * e - scale * s * (d - zero) is at most `bound`, in order; returns
 * how many.
 */
export function select(
  dots: usize,
  norms: usize,
  losses: usize,
  scales: usize,
  count: i32,
  weight: f32,
  scale: f32,
  zero: f32,
  bound: f32,
  positions: usize,
): i32 {
  const w = f32x4.splat(weight)
  const t = f32x4.splat(scale)
  const z = f32x4.splat(zero)
  const b = f32x4.splat(bound)
  let found: i32 = 0
  for (let i: i32 = 0; i < count; i += 4) {
    const at = <usize>(i * 4)
    const lost = f32x4.mul(w, v128.load(losses + at))
    const product = f32x4.mul(f32x4.mul(t, v128.load(scales + at)), f32x4.sub(v128.load(dots + at), z))
    const least = f32x4.sub(f32x4.sub(v128.load(norms + at), lost), product)
    let mask = i32x4.bitmask(f32x4.le(least, b))
    while (mask != 0) {
      const row = i + ctz(mask)
      mask &= mask - 1
      if (row >= count) break
      store<i32>(positions + <usize>(found * 4), row)
      found++
    }
  }
  return found
}

/** Writes n + weight * e - scale * s * (d - zero) of `count` rows. */
export function upperBounds(
  dots: usize,
  norms: usize,
  losses: usize,
  scales: usize,
  count: i32,
  weight: f32,
  scale: f32,
  zero: f32,
  out: usize,
): void {
  const w = f32x4.splat(weight)
  const t = f32x4.splat(scale)
  const z = f32x4.splat(zero)
  for (let i: i32 = 0; i < count; i += 4) {
    const at = <usize>(i * 4)
    const lost = f32x4.mul(w, v128.load(losses + at))
    const product = f32x4.mul(f32x4.mul(t, v128.load(scales + at)), f32x4.sub(v128.load(dots + at), z))
    v128.store(out + at, f32x4.sub(f32x4.add(v128.load(norms + at), lost), product))
  }
}

/**
 * The `k`-th smallest of `count` float32 numbers; infinity where there are fewer. `heap` is room for k numbers.
 */
export function kthSmallest(values: usize, count: i32, k: i32, heap: usize): f32 {
  let held: i32 = 0
  let largest: f32 = Infinity
  for (let i: i32 = 0; i < count; i++) {
    const value = load<f32>(values + <usize>(i * 4))
    if (value >= largest) continue
    if (held < k) {
      rise(heap, held++, value)
      if (held == k) largest = load<f32>(heap)
    } else {
      sink(heap, k, value)
      largest = load<f32>(heap)
    }
  }
  return largest
}

/** Adds a leaf to a heap with its largest on top. */
function rise(heap: usize, leaf: i32, value: f32): void {
  let at = leaf
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = load<f32>(heap + <usize>(parent * 4))
    if (above >= value) break
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
      if (right > below) {
        child++
        below = right
      }
    }
    if (below <= value) break
    store<f32>(heap + <usize>(at * 4), below)
    at = child
  }
  store<f32>(heap + <usize>(at * 4), value)
}
