import type { Explanation, Views } from '@mode-ood/core'
import { oneView, type ViewBanks } from './view-banks.ts'

/**
 * The view of every image that is nearest to the training images by `distances` [count · views], and whose training images are
 * nearest to it, up to `neighbors`, each by its nearest view.
 */
export async function explainViews(
  training: ViewBanks,
  views: Views,
  distances: Float64Array,
  neighbors: number,
): Promise<Explanation[]> {
  const explanations: Explanation[] = []
  for (let image = 0; image < views.count; image++) {
    const view = leastOf(distances.subarray(image * views.views, (image + 1) * views.views))
    explanations.push({ view, neighbors: await nearestImages(training, oneImage(views, image), view, neighbors) })
  }
  return explanations
}

async function nearestImages(
  training: ViewBanks,
  image: Views,
  view: number,
  neighbors: number,
): Promise<Explanation['neighbors']> {
  const isShared = 'bank' in training
  const bank = isShared ? training.bank : training.banks[view]!
  const bankViews = isShared ? image.views : 1
  // So many vectors are of enough images, even if the nearest are all views of the same.
  const width = Math.min(bankViews * (neighbors - 1) + 1, bank.size)
  const { distances, indices } = await bank.search(oneView(image, view), width)
  const found = new Map<number, Explanation['neighbors'][number]>()
  for (let at = 0; at < width && found.size < neighbors; at++) {
    const row = Math.floor(indices[at]! / bankViews)
    const matched = isShared ? indices[at]! % bankViews : view
    if (!found.has(row)) found.set(row, { row, distance: distances[at]!, view: matched })
  }
  return [...found.values()]
}

function oneImage({ views, dimension, data }: Views, image: number): Views {
  const width = views * dimension
  return { count: 1, views, dimension, data: data.subarray(image * width, (image + 1) * width) }
}

function leastOf(values: Float64Array): number {
  let least = 0
  for (let i = 1; i < values.length; i++) if (values[i]! < values[least]!) least = i
  return least
}
