import type { Progress } from '@mode-ood/command'
import type { FeatureBank, Tensor, Views } from '@mode-ood/core'
import { createFeatureBank } from '@mode-ood/feature-bank'
import { scoreLabels } from '@mode-ood/report'
import { writeSafetensors } from '@mode-ood/safetensors'
import type { LoadedConfiguration } from './configuration.ts'
import type { Evaluation } from './evaluate.ts'
import type { Features } from './features.ts'
import { heatMaps } from './heat-maps.ts'

export interface Explanation {
  /** The content of explanation.safetensors. */
  readonly file: Uint8Array
  /** Rows of the training features that are somebody's neighbours, ascending. */
  readonly trainingRows: readonly number[]
}

/**
 * Why the score `scoreIndex`, a `csd` with no option but k, says what it says about every test image, for the viewer: the squared distance of each view to its k-th neighbour
 * among all views of the training images, the k neighbours themselves, and heat maps (`heatMaps`). The rows are the ID test
 * images, then each OOD set's.
 *
 * Cost: the search of csd once more, and that of the heat maps.
 */
export async function explain(
  { results, sets }: Evaluation,
  scoreIndex: number,
  loaded: LoadedConfiguration,
  options: { readonly threads: number | null; readonly progress: Progress },
): Promise<Explanation> {
  const wanted = Number(results.scores[scoreIndex]!.options['k'])
  const score = scoreLabels(results.scores)[scoreIndex]!
  const tests = [sets.id, ...sets.ood]
  const { bank, labels } = await fillBank(sets.train!)
  try {
    const k = Math.min(wanted, bank.size)
    const found = await findNeighbors(tests, bank, k, options.progress)
    const heat = await heatMaps(tests, bank, k, loaded, options)
    const { classes } = sets.train!.images!
    const metadata = { ...heat.metadata, score, k: String(k), ...(classes && { classNames: JSON.stringify(classes) }) }
    const trainingLabels: Tensor = { dtype: 'I32', shape: [labels.length], data: labels }
    const tensors = new Map([...found.tensors, ...heat.tensors, ['trainingLabels', trainingLabels] as const])
    const used = new Set(found.neighbors.map((vector) => Math.floor(vector / found.views)))
    return { file: writeSafetensors(tensors, metadata), trainingRows: [...used].sort((a, b) => a - b) }
  } finally {
    await bank.close()
  }
}

async function fillBank(train: Features): Promise<{ bank: FeatureBank; labels: Int32Array }> {
  const bank = await createFeatureBank()
  const labels = new Int32Array(train.count)
  let images = 0
  for await (const { views, labels: some } of train.batches()) {
    await bank.add(rowsOf(views))
    labels.set(some, images)
    images += some.length
  }
  return { bank, labels }
}

async function findNeighbors(tests: readonly Features[], bank: FeatureBank, k: number, progress: Progress) {
  const total = tests.reduce((sum, { count }) => sum + count, 0)
  const views = 6
  const neighbors = new Int32Array(total * views * k)
  const neighborDistances = new Float32Array(total * views * k)
  progress.start('neighbours of every view', total)
  let at = 0
  for (const set of tests) {
    for await (const batch of set.batches()) {
      const { distances, indices } = await bank.search(rowsOf(batch.views), k)
      neighbors.set(indices, at)
      neighborDistances.set(distances, at)
      at += indices.length
      progress.advance(batch.views.count)
    }
  }
  progress.finish(`${total} images`)
  const kth = Float32Array.from({ length: total * views }, (_, view) => neighborDistances[view * k + k - 1]!)
  const tensors = new Map<string, Tensor>([
    ['distances', { dtype: 'F32', shape: [total, views], data: kth }],
    ['neighbors', { dtype: 'I32', shape: [total, views, k], data: neighbors }],
    ['neighborDistances', { dtype: 'F32', shape: [total, views, k], data: neighborDistances }],
  ])
  return { tensors, neighbors, views }
}

const rowsOf = ({ count, views, dimension, data }: Views) => ({ rows: count * views, columns: dimension, data })
