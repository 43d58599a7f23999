import { finiteScores } from './finite-scores.ts'
import { sortWithOrder, type Sorted } from './sort-with-order.ts'

/** DeLong's structural components as counts: how many opponents each image beats, ties counting ½; in image order. */
export interface StructuralComponents {
  /** Per ID image, the OOD images below it. */
  readonly id: Float64Array
  /** Per OOD image, the ID images above it. */
  readonly ood: Float64Array
}

/**
 * The components of DeLong, DeLong and Clarke-Pearson (1988) by sorting, which gives the midranks of Sun and Xu (2014):
 * O(n log n) instead of the n_id · n_ood comparisons of the definition. Half-integers, hence exact.
 *
 * @throws InvalidInputError for an empty side, NaN or infinity.
 */
export function structuralComponents(id: ArrayLike<number>, ood: ArrayLike<number>): StructuralComponents {
  const sortedId = sortWithOrder(finiteScores(id, 'id'))
  const sortedOod = sortWithOrder(finiteScores(ood, 'ood'))
  return {
    id: countBelow(sortedId, sortedOod.values),
    ood: countBelow(sortedOod, sortedId.values).map((below) => id.length - below),
  }
}

/** For each score, in its original place, the number of opponents below it plus half of those equal to it. */
function countBelow({ values, order }: Sorted, opponents: Float64Array): Float64Array {
  const counts = new Float64Array(values.length)
  let below = 0
  let notAbove = 0
  for (let i = 0; i < values.length; i++) {
    while (opponents[below]! < values[i]!) below++
    while (opponents[notAbove]! <= values[i]!) notAbove++
    counts[order[i]!] = (below + notAbove) / 2
  }
  return counts
}
