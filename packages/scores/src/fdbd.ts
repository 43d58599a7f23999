import { defineScore, matrixRow, type Head, type ScoreDefinition } from '@mode-ood/core'
import { argmax } from './argmax.ts'
import { distancesTo } from './statistics/distances-to.ts'
import { createRunningMean } from './statistics/running-mean.ts'

/**
 * Fast decision boundary detector: the sum over all other classes c of |l_c - l_ŷ| / |w_c - w_ŷ|, the distance of z to the boundary
 * between c and the predicted class ŷ, divided by |z - μ|, μ the mean training embedding. A class with the very weights of ŷ
 * has no boundary with it and is left out.
 *
 * Liu and Qin, "Fast Decision Boundary based Out-of-Distribution Detector", ICML 2024 (there the mean of the distances, which
 * differs by a constant factor).
 */
export const fdbd: ScoreDefinition<'embedding' | 'logits' | 'head', Record<string, never>> = defineScore({
  name: 'fdbd',
  needs: ['embedding', 'logits', 'head'],
  async fit(training) {
    const running = createRunningMean('fdbd')
    let gaps: Float64Array | undefined
    for await (const { embedding, head } of training) {
      gaps ??= weightGaps(head)
      running.add(embedding)
    }
    return { mean: running.mean(), gaps: gaps! }
  },
  score({ embedding, logits }, _, { mean, gaps }) {
    const radii = distancesTo('fdbd', mean, embedding)
    return radii.map((radius, row) => boundaryDistances(matrixRow(logits, row), gaps) / radius)
  },
})

/** |w_a - w_b| of all pairs of classes, [classes, classes]. */
function weightGaps({ weight }: Head): Float64Array {
  const classes = weight.rows
  const gaps = new Float64Array(classes * classes)
  for (let a = 0; a < classes; a++) {
    const wa = matrixRow(weight, a)
    for (let b = 0; b < a; b++) {
      const wb = matrixRow(weight, b)
      let squares = 0
      for (let i = 0; i < wa.length; i++) squares += (wa[i]! - wb[i]!) ** 2
      gaps[a * classes + b] = gaps[b * classes + a] = Math.sqrt(squares)
    }
  }
  return gaps
}

/** The distances to all boundaries of the predicted class, summed. */
function boundaryDistances(logits: Float32Array, gaps: Float64Array): number {
  const predicted = argmax(logits)
  return logits.reduce((sum, logit, c) => {
    const gap = gaps[predicted * logits.length + c]!
    return gap > 0 ? sum + (logits[predicted]! - logit) / gap : sum
  }, 0)
}
