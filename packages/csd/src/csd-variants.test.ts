import { InvalidInputError, InvalidOptionError, type Views } from '@mode-ood/core'
import { createTestOutputs, selectOutputs, testScore } from '@mode-ood/core/test'
import { describe, expect, test } from 'vitest'
import { csd } from './index.ts'
import type { CsdOptions } from './csd-options.ts'

const { training: whole, ood } = createTestOutputs('csd variants')
const rows = Array.from({ length: 60 }, (_, i) => i)
const training = { ...selectOutputs(whole, rows), labels: whole.labels.slice(0, 60) }

const variants: CsdOptions[] = [
  { k: 3, neighbors: 'images' },
  { k: 3, banks: 'per-view' },
  { k: 4, banks: 'per-view', neighbors: 'images' },
  { k: 3, aggregation: 'mean' },
  { k: 3, aggregation: 'soft-min', inverseTemperature: 4 },
  { k: 3, calibrated: true },
  { k: 3, calibrated: true, banks: 'per-view', aggregation: 'mean' },
  { k: 3, calibrated: true, neighbors: 'images', aggregation: 'soft-min' },
]

testScore(csd, { options: { k: 3, calibrated: true, banks: 'per-view', aggregation: 'soft-min' } })

/** All distances of one view to the views of training image `image`, or to the same view alone. */
function distancesTo(views: Views, query: number, view: number, image: number, isPerView: boolean): number[] {
  const row = (of: Views, i: number, v: number) => {
    const start = (i * of.views + v) * of.dimension
    return of.data.subarray(start, start + of.dimension)
  }
  const others = isPerView ? [view] : Array.from({ length: 6 }, (_, v) => v)
  return others.map((v) => {
    const b = row(training.views, image, v)
    return row(views, query, view).reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0)
  })
}

/** The k-th neighbour by the definition: sort everything. */
function bruteDistance(views: Views, query: number, view: number, options: CsdOptions, without = -1): number {
  const images = Array.from({ length: training.views.count }, (_, i) => i).filter((i) => i !== without)
  const perImage = images.map((image) => distancesTo(views, query, view, image, options.banks === 'per-view'))
  const all = options.neighbors === 'images' ? perImage.map((own) => Math.min(...own)) : perImage.flat()
  return all.sort((a, b) => a - b)[options.k! - 1]!
}

function bruteScore(query: number, options: CsdOptions): number {
  const distances = Array.from({ length: 6 }, (_, view) => {
    const distance = bruteDistance(ood.views, query, view, options)
    if (!options.calibrated) return distance
    // Of so few training images all are taken.
    const own = Array.from({ length: 60 }, (_unused, i) => bruteDistance(training.views, i, view, options, i))
    own.sort((a, b) => a - b)
    const median = (own[29]! + own[30]!) / 2
    const high = own[56]! + 0.05 * (own[57]! - own[56]!)
    return (distance - median) / (high - median)
  })
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  if (options.aggregation === 'mean') return -mean(distances)
  if (options.aggregation !== 'soft-min') return -Math.min(...distances)
  const b = options.inverseTemperature ?? 10
  return Math.log(mean(distances.map((d) => Math.exp(-b * d)))) / b
}

describe('variants of csd', () => {
  test.each(variants)('%j agrees with sorting all distances', async (options) => {
    const fitted = await csd(options).fit([training])
    const scores = await fitted.score(ood)
    for (const query of [0, 7]) expect(scores[query]).toBeCloseTo(bruteScore(query, options), 10)
    await fitted.close()
  })

  test('by default nothing but k is set, and the best view decides', async () => {
    expect(csd().options).toEqual({ k: 10 })
    const fitted = await csd({ k: 3 }).fit([training])
    const named = await csd({ k: 3, neighbors: 'vectors', banks: 'shared', aggregation: 'min' }).fit([training])
    expect(await named.score(ood)).toEqual(await fitted.score(ood))
    expect(Object.keys(fitted.state as object)).toEqual(['bank'])
    await fitted.close()
    await named.close()
  })

  test('the soft minimum lies between the least and the mean, and nears the least', async () => {
    const of = async (options: CsdOptions) => {
      const fitted = await csd({ k: 3, ...options }).fit([training])
      const [score] = await fitted.score(ood)
      await fitted.close()
      return score!
    }
    const [least, soft, sharp, mean] = await Promise.all([
      of({}),
      of({ aggregation: 'soft-min' }),
      of({ aggregation: 'soft-min', inverseTemperature: 1e4 }),
      of({ aggregation: 'mean' }),
    ])
    expect(least).toBeGreaterThan(soft)
    expect(soft).toBeGreaterThan(mean)
    expect(sharp).toBeCloseTo(least, 3)
  })

  test('an inverse temperature without a soft minimum is refused', () => {
    expect(() => csd({ inverseTemperature: 2 })).toThrow(InvalidOptionError)
    expect(() => csd({ aggregation: 'mean', inverseTemperature: 2 })).toThrow('only aggregation "soft-min" has one')
  })

  test('k beyond the images says how many there are', async () => {
    const views = { count: 2, views: 6, dimension: 2, data: new Float32Array(24).fill(0.5) }
    const labels = Int32Array.of(0, 1)
    const fitted = await csd({ k: 3, neighbors: 'images' }).fit([{ views, labels }])
    await expect(fitted.score({ views })).rejects.toThrow('k is 3 but the bank holds 2 images')
    await fitted.close()
    await expect(csd({ k: 7, calibrated: true }).fit([{ views, labels }])).rejects.toThrow(InvalidInputError)
  })

  test('distances that are all equal keep their own scale', async () => {
    const views = { count: 3, views: 6, dimension: 2, data: new Float32Array(36).fill(0.5) }
    const fitted = await csd({ k: 1, calibrated: true }).fit([{ views, labels: Int32Array.of(0, 1, 2) }])
    expect([...(await fitted.score({ views }))]).toEqual([0, 0, 0])
    await fitted.close()
  })
})
