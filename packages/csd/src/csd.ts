import { defineScore, negate, type ScoreDefinition, type Views } from '@mode-ood/core'
import { aggregateViews } from './aggregate-views.ts'
import { csdOptions, type CsdOptions } from './csd-options.ts'
import { explainViews } from './explain-views.ts'
import { fillViewBanks } from './fill-view-banks.ts'
import { allViews, viewDistances, type ViewBanks } from './view-banks.ts'
import { scaleDistances, trainingDistances, viewScales, type ViewScales } from './view-scales.ts'

/**
 * The cross-scale decision of MODE: minus the squared L2 distance of the best of an image's six views to its `k`-th nearest
 * of all views of all training images; any view may match any other. Variants: `CsdOptions`.
 *
 * Cost: 6 · images queries in a bank of 6 · training images vectors. `explain` tells the nearest view and its training images,
 * also where all views are averaged.
 *
 * "From Global to Local: Multi-scale Out-of-distribution Detection", IEEE TIP 2023, arXiv 2308.10239.
 *
 * @example
 * const fitted = await csd({ k: 10 }).fit(trainingOutputs)
 * const scores = await fitted.score(outputs)
 */
export const csd: ScoreDefinition<'views', CsdOptions> = defineScore({
  name: 'csd',
  needs: ['views'],
  options: csdOptions,
  async fit(training, options): Promise<CsdState> {
    const { images, ...banks } = await fillViewBanks(training, options.banks)
    if (!options.calibrated) return banks
    return { ...banks, scales: viewScales(await trainingDistances(training, { ...banks, images }, options)) }
  },
  score: async ({ views }, options, state) => negate(await imageDistances(views, options, state)),
  async explain({ views }, neighbors, options, state) {
    const distances = await viewDistances(state, views, options)
    const scaled = state.scales ? scaleDistances(distances, state.scales) : distances
    return explainViews(state, views, scaled, neighbors)
  },
})

type CsdState = ViewBanks & { readonly scales?: ViewScales }

async function imageDistances(
  views: Views,
  options: CsdOptions & { k: number },
  state: CsdState,
): Promise<Float64Array> {
  const { k, neighbors = 'vectors', aggregation = 'min' } = options
  const isPlain = 'bank' in state && !state.scales && neighbors === 'vectors' && aggregation === 'min'
  if (isPlain && state.bank.smallestKthDistance) return state.bank.smallestKthDistance(allViews(views), k, views.views)
  const distances = await viewDistances(state, views, { k, neighbors })
  const scaled = state.scales ? scaleDistances(distances, state.scales) : distances
  return aggregateViews(scaled, views.views, options)
}
