import { InvalidInputError, type FeatureBank, type Matrix, type Views } from '@mode-ood/core'

/** Training views: all in one bank, image after image, or the l-th view of every image in bank l. */
export type ViewBanks = { readonly bank: FeatureBank } | { readonly banks: readonly FeatureBank[] }

/** Which neighbour of a view is looked for. */
export interface NeighborRule {
  readonly k: number
  readonly neighbors?: 'vectors' | 'images' | undefined
}

/**
 * The squared distance of every view to its k-th neighbour, [count · views].
 *
 * @param exclude the position in the bank of every image, where its own views are not to count.
 * @throws InvalidInputError when there are fewer than k neighbours.
 */
export async function viewDistances(
  training: ViewBanks,
  views: Views,
  rule: NeighborRule,
  exclude?: Int32Array,
): Promise<Float64Array> {
  if ('bank' in training) return searchBank(training.bank, allViews(views), views.views, views.views, rule, exclude)
  if (training.banks.length !== views.views) {
    throw new InvalidInputError(`csd was fitted on ${training.banks.length} views an image, but got ${views.views}`)
  }
  const distances = new Float64Array(views.count * views.views)
  for (const [view, bank] of training.banks.entries()) {
    const found = await searchBank(bank, oneView(views, view), 1, 1, rule, exclude)
    for (const [image, distance] of found.entries()) distances[image * views.views + view] = distance
  }
  return distances
}

/** All views of all images, one a row. */
export function allViews({ count, views, dimension, data }: Views): Matrix {
  return { rows: count * views, columns: dimension, data }
}

/** The same view of all images, one a row. */
export function oneView({ count, views, dimension, data }: Views, view: number): Matrix {
  const rows = new Float32Array(count * dimension)
  for (let image = 0; image < count; image++) {
    const start = (image * views + view) * dimension
    rows.set(data.subarray(start, start + dimension), image * dimension)
  }
  return { rows: count, columns: dimension, data: rows }
}

/** The k-th distance of every query; `bankViews` vectors of the bank are one image's, and `queryViews` queries. */
async function searchBank(
  bank: FeatureBank,
  queries: Matrix,
  queryViews: number,
  bankViews: number,
  { k, neighbors = 'vectors' }: NeighborRule,
  exclude: Int32Array | undefined,
): Promise<Float64Array> {
  if (neighbors === 'vectors' && !exclude) return bank.kthDistance(queries, k)
  // So many vectors hold k others, and k images, whatever is passed over.
  const enough = (neighbors === 'images' ? bankViews * (k - 1) + 1 : k) + (exclude ? bankViews : 0)
  const width = Math.min(enough, bank.size)
  const { distances, indices } = await bank.search(queries, width)
  return Float64Array.from({ length: queries.rows }, (_, row) => {
    const own = exclude ? exclude[Math.floor(row / queryViews)]! : -1
    const passed = new Set([own])
    let left = k
    for (let at = row * width; at < (row + 1) * width; at++) {
      const image = Math.floor(indices[at]! / bankViews)
      if (passed.has(image)) continue
      if (neighbors === 'images') passed.add(image)
      if (--left === 0) return distances[at]!
    }
    throw new InvalidInputError(
      `k is ${k} but the bank holds ${k - left} ${neighbors}${exclude ? ' of other images' : ''}`,
    )
  })
}
