import { type Matrix, normalizeRows, type Views } from '@mode-ood/core'
import type { Evaluation } from '@mode-ood/evaluate'
import { createFeatureBank } from '@mode-ood/feature-bank'
import { k } from './decisions.ts'

type Sets = Evaluation['sets']
type Batch = { readonly embedding: Matrix; readonly views: Views; readonly labels: Int32Array }

/** Shares of ID test images, or of their regions, whose class is that of most of the k nearest training vectors. */
export interface NearestAccuracy {
  /** Embeddings among embeddings: what a k-nearest-neighbour classifier reaches. */
  readonly embedding: number
  /** Quadrants among the same quadrant of training images. */
  readonly quadrants: number
  /** Quadrants among whole training images: whether a region can be compared across scales. */
  readonly quadrantsAcross: number
}

const quadrants = [0, 1, 2, 3]
const whole = 4

export async function nearestAccuracy({ train, id }: Pick<Sets, 'train' | 'id'>): Promise<NearestAccuracy> {
  const accuracy = async (query: (batch: Batch) => Matrix, member: (batch: Batch) => Matrix): Promise<number> => {
    const bank = await createFeatureBank()
    const bankLabels: number[] = []
    for await (const batch of train!.batches()) {
      await bank.add(member(batch))
      bankLabels.push(...batch.labels)
    }
    let correct = 0
    for await (const batch of id.batches()) {
      const { indices } = await bank.search(query(batch), k)
      for (const [row, label] of batch.labels.entries()) {
        const near = Array.from(indices.subarray(row * k, (row + 1) * k), (index) => bankLabels[index]!)
        if (mostFrequent(near) === label) correct++
      }
    }
    await bank.close()
    return correct / id.count
  }
  const embedding = (batch: Batch) => normalizeRows(batch.embedding)
  const view = (which: number) => (batch: Batch) => rowsOfView(batch.views, which)
  const mean = async (member: (quadrant: number) => number) => {
    let sum = 0
    for (const quadrant of quadrants) sum += await accuracy(view(quadrant), view(member(quadrant)))
    return sum / quadrants.length
  }
  return {
    embedding: await accuracy(embedding, embedding),
    quadrants: await mean((quadrant) => quadrant),
    quadrantsAcross: await mean(() => whole),
  }
}

function rowsOfView({ count, views, dimension, data }: Views, view: number): Matrix {
  const rows = new Float32Array(count * dimension)
  for (let image = 0; image < count; image++) {
    const start = (image * views + view) * dimension
    rows.set(data.subarray(start, start + dimension), image * dimension)
  }
  return { rows: count, columns: dimension, data: rows }
}

/** Of classes that are equally frequent that of the nearest. */
function mostFrequent(nearestFirst: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const label of nearestFirst) counts.set(label, (counts.get(label) ?? 0) + 1)
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0]
}
