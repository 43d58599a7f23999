import { createMatrix, type Head, type Matrix } from '@mode-ood/core'
import * as z from 'zod'
import { defineShaping } from './shaping/define-shaping.ts'
import type { ShapingDefinition } from './shaping/shaping.ts'
import { linearPercentile } from './statistics/linear-percentile.ts'
import { createRunningMean } from './statistics/running-mean.ts'

/**
 * Directed sparsification: the energy of (W ∘ M) z + b, where M keeps the weights whose contribution w_cj · mean of z_j over the
 * training images is above the `percentile` of all contributions. The bias stays.
 *
 * Sun and Li, "DICE: Leveraging Sparsification for Out-of-Distribution Detection", ECCV 2022.
 */
export const dice: ShapingDefinition<{ percentile?: number | undefined }> = defineShaping({
  name: 'dice',
  options: z.object({ percentile: z.number().min(0).max(100).default(90) }),
  async fit(training, { percentile }) {
    const running = createRunningMean('dice')
    let head: Head | undefined
    for await (const batch of training) {
      head ??= batch.head
      running.add(batch.embedding)
    }
    const mean = running.mean()
    return { weight: keepContributions(head!.weight, mean, percentile) }
  },
  head: ({ bias }, _, { weight }) => ({ weight, bias }),
})

function keepContributions({ rows, columns, data }: Matrix, mean: Float64Array, percentile: number): Matrix {
  const contributions = Float64Array.from(data, (w, at) => w * mean[at % columns]!)
  const threshold = linearPercentile(contributions.toSorted(), percentile)
  return createMatrix(
    rows,
    columns,
    data.map((w, at) => (contributions[at]! > threshold ? w : 0)),
  )
}
