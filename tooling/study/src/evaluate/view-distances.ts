import { fillViewBanks, trainingDistances, viewDistances, viewScales, type ViewScales } from '@mode-ood/csd'
import type { Evaluation } from '@mode-ood/evaluate'
import { k } from './decisions.ts'
import { heldOutDistances } from './held-out-distances.ts'

type Sets = Evaluation['sets']
type Features = Sets['id']

/** How far the views of all images are from those of training images, in banks of one kind. */
export interface Distances {
  /** [images · views] of ID test images. */
  readonly id: Float64Array
  readonly ood: ReadonlyMap<string, Float64Array>
  /** Of training images to the others. */
  readonly training: Float64Array
  /** Of training images to those of other classes. */
  readonly heldOut: Float64Array
  readonly scales: ViewScales
}

/** Squared distances to the k-th nearest view, `shared`: of all training views, `per-view`: of the same. */
export async function measureDistances(sets: Sets, kind: 'shared' | 'per-view'): Promise<Distances> {
  const banks = await fillViewBanks(sets.train!.batches(), kind)
  try {
    const distancesOf = async (features: Features) => {
      const all: Float64Array[] = []
      for await (const { views } of features.batches()) all.push(await viewDistances(banks, views, { k }))
      return concatenate(all)
    }
    const training = await trainingDistances(sets.train!.batches(), banks, { k })
    const ood = new Map<string, Float64Array>()
    for (const features of sets.ood) ood.set(features.dataset.name, await distancesOf(features))
    const id = await distancesOf(sets.id)
    const heldOut = await heldOutDistances(sets.train!, kind)
    return { id, ood, training: training.distances, heldOut, scales: viewScales(training) }
  } finally {
    for (const bank of 'bank' in banks ? [banks.bank] : banks.banks) await bank.close()
  }
}

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
