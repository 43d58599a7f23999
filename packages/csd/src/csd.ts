import { defineScore, type FeatureBank, type Matrix, negate, type ScoreDefinition, type Views } from '@mode-ood/core'
import { createFeatureBank } from '@mode-ood/feature-bank'
import * as z from 'zod'

/**
 * The cross-scale decision of MODE: minus the squared L2 distance of the best of an image's six views to its `k`-th nearest
 * of all views of all training images; any view may match any other.
 *
 * Cost: 6 · images queries in a bank of 6 · training images vectors.
 *
 * "From Global to Local: Multi-scale Out-of-distribution Detection", IEEE TIP 2023, arXiv 2308.10239.
 *
 * @example
 * const fitted = await csd({ k: 10 }).fit(trainingOutputs)
 * const scores = await fitted.score(outputs)
 */
export const csd: ScoreDefinition<'views', { k?: number | undefined }> = defineScore({
  name: 'csd',
  needs: ['views'],
  options: z.object({ k: z.int().positive().default(10) }),
  async fit(training) {
    const bank = await createFeatureBank()
    for await (const { views, labels } of training) await bank.add(asRows(views), repeat(labels, views.views))
    return { bank }
  },
  score: async ({ views }, { k }, { bank }) => negate(await nearestViews(bank, views, k)),
})

/** Squared distance of each image's best view to its k-th nearest. */
async function nearestViews(bank: FeatureBank, views: Views, k: number): Promise<Float64Array> {
  if (bank.smallestKthDistance) return bank.smallestKthDistance(asRows(views), k, views.views)
  const distances = await bank.kthDistance(asRows(views), k)
  return Float64Array.from({ length: views.count }, (_, image) =>
    Math.min(...distances.subarray(image * views.views, (image + 1) * views.views)),
  )
}

/** All views of all images, one a row. */
function asRows({ count, views, dimension, data }: Views): Matrix {
  return { rows: count * views, columns: dimension, data }
}

function repeat(labels: Int32Array, times: number): Int32Array {
  return Int32Array.from({ length: labels.length * times }, (_, i) => labels[Math.floor(i / times)]!)
}
