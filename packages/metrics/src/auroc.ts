import { countAtThresholds } from './count-at-thresholds.ts'

/**
 * Area under the ROC curve: the probability that an ID image scores higher than an OOD image, P(id > ood) + ½ P(id = ood).
 * 1 is perfect, 0.5 chance, below 0.5 the score is the wrong way round. It does not depend on which side is called
 * positive.
 *
 * Exact: pairs are counted in integers and divided once. O(n log n); inputs are not changed.
 *
 * @param id scores of in-distribution images, higher = more in-distribution
 * @param ood scores of out-of-distribution images
 * @throws InvalidInputError for an empty side, NaN or infinity.
 *
 * @example auroc([0.9, 0.8, 0.4], [0.5, 0.1]) // 0.8333: 5 of 6 pairs are in order
 */
export function auroc(id: ArrayLike<number>, ood: ArrayLike<number>): number {
  const { positives, negatives, positiveTotal, negativeTotal } = countAtThresholds(id, ood, 'id')
  let doubledPairs = 0
  for (let i = 1; i < positives.length; i++) {
    doubledPairs += (negatives[i]! - negatives[i - 1]!) * (positives[i]! + positives[i - 1]!)
  }
  return doubledPairs / 2 / (positiveTotal * negativeTotal)
}
