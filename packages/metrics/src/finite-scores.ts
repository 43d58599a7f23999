import { InvalidInputError } from '@mode-ood/core'

/** The side a score belongs to: in-distribution or out-of-distribution. */
export type Side = 'id' | 'ood'

/**
 * A float64 copy of one side's scores, multiplied by `sign`. A sort puts -0 before +0, so compare scores with `===` and `<`.
 *
 * @throws InvalidInputError for an empty side, NaN or infinity, naming the side and the index.
 */
export function finiteScores(scores: ArrayLike<number>, side: Side, sign: 1 | -1 = 1): Float64Array {
  const name = side.toUpperCase()
  if (scores.length === 0) throw new InvalidInputError(`there are no ${name} scores, expected at least one`)
  const copy = new Float64Array(scores.length)
  for (let i = 0; i < copy.length; i++) {
    const score = scores[i]!
    if (!Number.isFinite(score)) throw new InvalidInputError(`${name} score ${i} is ${score}, expected a finite number`)
    copy[i] = sign * score
  }
  return copy
}
