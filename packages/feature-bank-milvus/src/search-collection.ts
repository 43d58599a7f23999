import type { Matrix, Neighbors } from '@mode-ood/core'
import { checkSearch, ExactSelection } from '@mode-ood/feature-bank/driver'
import type { Collection } from './collection.ts'

/**
 * The exact k nearest of every query. Milvus ranks all vectors by its distances; those it puts first are computed again in
 * float64. Where its rounding may have put one of the k nearest behind them, more are asked for, in the end all.
 */
export async function searchCollection(collection: Collection, queries: Matrix, k: number): Promise<Neighbors> {
  const extent = await collection.extent()
  checkSearch(extent, queries, k)
  const distances = new Float64Array(queries.rows * k)
  const indices = new Int32Array(queries.rows * k)
  for (let row = 0; row < queries.rows; row++) {
    const query = queries.data.subarray(row * queries.columns, (row + 1) * queries.columns)
    const selection = await select(collection, query, k, extent.size)
    selection.drain(distances, indices, row * k)
  }
  return { distances, indices }
}

async function select(collection: Collection, query: Float32Array, k: number, size: number): Promise<ExactSelection> {
  const most = collection.mostRows(query.length)
  // A few more than k, so that equal neighbours of the k-th seldom make a second look necessary.
  for (let count = Math.min(k + 8 + Math.ceil(k / 8), size); count <= most; count = Math.min(8 * count, size)) {
    const selection = new ExactSelection(query, k)
    const found = await collection.search(query, count, size)
    for (const { position, vector } of found) selection.offer(position, vector)
    if (found.length === size || (found.length > 0 && selection.excludes(found.at(-1)!.score))) return selection
    if (count === size) break
  }
  const selection = new ExactSelection(query, k)
  for (let from = 0; from < size; from += most) {
    const { vectors } = await collection.read(from, Math.min(size, from + most), query.length)
    for (let at = 0; at < vectors.length; at += query.length) {
      selection.offer(from + at / query.length, vectors.subarray(at, at + query.length))
    }
  }
  return selection
}
