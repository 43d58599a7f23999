/** Which activations are kept, and what they amount to. */
export interface Selection {
  /** 1 where an activation is kept. */
  readonly isKept: Uint8Array
  readonly count: number
  /** Sum of all activations, and of those kept. */
  readonly total: number
  readonly keptTotal: number
}

/**
 * The largest (100 - percentile) % of an image's activations: round(d (100 - percentile) / 100) of them, halves up, at least
 * one; of equal ones those that come first.
 */
export function selectLargest(activations: Float64Array, percentile: number): Selection {
  const count = Math.max(1, Math.round((activations.length * (100 - percentile)) / 100))
  const smallest = activations.toSorted()[activations.length - count]!
  let equals = count
  for (const value of activations) if (value > smallest) equals--
  const isKept = new Uint8Array(activations.length)
  let total = 0
  let keptTotal = 0
  for (const [i, value] of activations.entries()) {
    total += value
    if (value < smallest || (value === smallest && equals-- <= 0)) continue
    isKept[i] = 1
    keptTotal += value
  }
  return { isKept, count, total, keptTotal }
}

/** exp(sum of all / sum of the kept); 1 where the kept are all 0, as then is the image. */
export function expansion({ total, keptTotal }: Selection): number {
  return keptTotal === 0 ? 1 : Math.exp(total / keptTotal)
}
