import { InvalidInputError } from '@mode-ood/core'
import { auroc } from './auroc.ts'
import { finiteScores } from './finite-scores.ts'

/**
 * Open-set classification rate (Dhamija et al., NeurIPS 2018): area under the correct classification rate, the share of
 * all ID images that are accepted and classified correctly, against the share of OOD images accepted. 0..1; at most the
 * classifier's accuracy.
 *
 * Exact, with half credit for ties: P(the ID image is classified correctly and scores above the OOD image) +
 * ½ P(correctly and equal), which is the AUROC of the correct images times the accuracy. O(n log n).
 *
 * @param idCorrect per ID image whether its class was predicted correctly: booleans, or 0 and 1
 * @throws InvalidInputError for an empty side, NaN or infinity, or `idCorrect` of another length or with other values.
 *
 * @example oscr([3, 2, 1], [true, false, true], [0]) // 0.6667
 */
export function oscr(id: ArrayLike<number>, idCorrect: ArrayLike<boolean | number>, ood: ArrayLike<number>): number {
  if (idCorrect.length !== id.length) {
    throw new InvalidInputError(`there are ${id.length} ID scores but ${idCorrect.length} values of idCorrect`)
  }
  const wrong = Array.prototype.findIndex.call(idCorrect, (value) => Number(value) !== 0 && Number(value) !== 1)
  if (wrong >= 0) throw new InvalidInputError(`idCorrect ${wrong} is ${idCorrect[wrong]}, expected true, false, 0 or 1`)
  const correctScores = finiteScores(id, 'id').filter((_, i) => Boolean(idCorrect[i]))
  const oodScores = finiteScores(ood, 'ood')
  if (correctScores.length === 0) return 0
  return auroc(correctScores, oodScores) * (correctScores.length / id.length)
}
