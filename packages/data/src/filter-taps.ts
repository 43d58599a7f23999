/** For each wanted output position along an axis: the first source position, how many, and their weights, which sum to 1. */
export interface FilterTaps {
  readonly length: number
  readonly first: Int32Array
  readonly count: Int32Array
  readonly weights: Float64Array
  /** Weights reserved for one output position. */
  readonly stride: number
}

export interface FilterTapsOptions {
  readonly interpolation: 'bilinear' | 'bicubic'
  /** The part of the output that is wanted: `length` positions from `start` on; all of them by default. */
  readonly start?: number
  readonly length?: number
}

/**
 * The filter that resizes an axis from `sourceLength` to `targetLength` pixels, as Pillow and PyTorch's `interpolate` with
 * `antialias` define it: a triangle (bilinear) or cubic (a = -0.5) about the output pixel's centre, widened when the image shrinks.
 */
export function filterTaps(sourceLength: number, targetLength: number, options: FilterTapsOptions): FilterTaps {
  const { interpolation, start = 0, length = targetLength } = options
  const filter = interpolation === 'bilinear' ? triangle : cubic
  const scale = sourceLength / targetLength
  const widening = Math.max(scale, 1)
  const support = (interpolation === 'bilinear' ? 1 : 2) * widening
  const stride = Math.ceil(support) * 2 + 1
  const first = new Int32Array(length)
  const count = new Int32Array(length)
  const weights = new Float64Array(length * stride)
  for (let i = 0; i < length; i++) {
    const centre = (start + i + 0.5) * scale
    const low = Math.max(0, Math.trunc(centre - support + 0.5))
    const high = Math.min(sourceLength, Math.trunc(centre + support + 0.5))
    let total = 0
    for (let x = low; x < high; x++) {
      total += weights[i * stride + x - low] = filter((x - centre + 0.5) * (1 / widening))
    }
    for (let x = 0; x < high - low; x++) weights[i * stride + x] = weights[i * stride + x]! / total
    first[i] = low
    count[i] = high - low
  }
  return { length, first, count, weights, stride }
}

function triangle(x: number): number {
  return Math.max(0, 1 - Math.abs(x))
}

function cubic(signed: number): number {
  const a = -0.5
  const x = Math.abs(signed)
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a
  return 0
}
