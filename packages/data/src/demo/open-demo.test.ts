import { createHash } from 'node:crypto'
import { InvalidOptionError } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { demoSets, type DemoSetName } from './demo-sets.ts'
import type { DemoOptions } from './demo-reader.ts'
import { openDemo } from './open-demo.ts'

const setNames = Object.keys(demoSets) as DemoSetName[]
const imageBytes = 32 * 32 * 3

interface Drawn {
  readonly images: Uint8Array[]
  /** What tests compare: printing how thousands of bytes differ takes minutes. */
  readonly digests: string[]
  readonly labels: (number | null)[]
}

async function draw(
  options: DemoOptions,
  batches: { batchSize?: number; indices?: number[]; limit?: number } = {},
): Promise<Drawn> {
  const dataset = await openDemo(options, { name: options.set })
  const images: Uint8Array[] = []
  const labels: (number | null)[] = []
  for await (const batch of dataset.batches({ batchSize: 100, ...batches })) {
    for (let i = 0; i < batch.count; i++) {
      images.push(batch.data.slice(i * imageBytes, (i + 1) * imageBytes))
      labels.push(batch.labels?.[i] ?? null)
    }
  }
  const digests = images.map((image) => createHash('sha256').update(image).digest('hex'))
  return { images, digests, labels }
}

describe.each(setNames)('%s', (set) => {
  test('drawing twice gives the same bytes, another seed others', async () => {
    const { digests } = await draw({ set, count: 40 })
    expect((await draw({ set, count: 40 })).digests).toEqual(digests)
    const other = await draw({ set, count: 40, seed: 1 })
    expect(other.digests.filter((digest) => digests.includes(digest))).toEqual([])
  })

  test('an image depends neither on batch size, nor on order, nor on what else is drawn', async () => {
    const { digests } = await draw({ set, count: 70 })
    expect((await draw({ set, count: 70 }, { batchSize: 7 })).digests).toEqual(digests)
    expect((await draw({ set, count: 50 })).digests).toEqual(digests.slice(0, 50))
    const indices = [69, 3, 4, 3, 40, 0, 33]
    const some = await draw({ set, count: 70 }, { batchSize: 3, indices })
    expect(some.digests).toEqual(indices.map((i) => digests[i]))
  })

  test('no image is blank and no two are alike', async () => {
    const { images, digests } = await draw({ set, count: 96 })
    expect(new Set(digests).size).toBe(96)
    for (const image of images) expect(deviation(image)).toBeGreaterThan(2)
    // taken together they use the whole range of values
    const means = images.map((image) => image.reduce((sum, value) => sum + value, 0) / image.length)
    expect(deviation(means)).toBeGreaterThan(20)
  })

  test('labels are the classes in turn, or absent', async () => {
    const dataset = await openDemo({ set }, { name: 'the set' })
    const { labels } = await draw({ set }, { limit: 24 })
    const expected = dataset.labelled
      ? Array.from({ length: 24 }, (_, i) => i % dataset.classes!.length)
      : Array(24).fill(null)
    expect(labels).toEqual(expected)
    expect(dataset.count).toBe(demoSets[set].count)
  })
})

test('at least six classes, the same in train and test', async () => {
  const { classes } = await openDemo({ set: 'train' }, { name: 'train' })
  expect(classes!.length).toBeGreaterThanOrEqual(6)
  expect((await openDemo({ set: 'test' }, { name: 'test' })).classes).toEqual(classes)
})

test('no set repeats images of another', async () => {
  const all = await Promise.all(setNames.map((set) => draw({ set, count: 32 })))
  expect(new Set(all.flatMap(({ digests }) => digests)).size).toBe(32 * setNames.length)
})

test('a foreign part replaces a part of an object and leaves the rest as it was', async () => {
  // the same random numbers without the foreign part: what lies outside it must be the same pixels
  const { drawChimera, drawObject } = await import('./object-images.ts')
  const { knownKinds } = await import('./known-kinds.ts')
  const { drawSheet } = await import('./draw-sheet.ts')
  const { createRandom } = await import('@mode-ood/core')
  const changed: number[] = []
  for (let i = 0; i < 16; i++) {
    const kind = Object.values(knownKinds)[i % 8]!
    const whole = await drawSheet([drawObject(createRandom(i), 'a', kind)])
    const mixed = await drawSheet([drawChimera(createRandom(i), 'a', kind)])
    changed.push(whole.reduce((sum, value, j) => sum + (value === mixed[j] ? 0 : 1), 0) / imageBytes)
  }
  expect(Math.min(...changed)).toBeGreaterThan(0)
  expect(Math.max(...changed)).toBeLessThan(0.6)
})

async function hash(options: DemoOptions, name = 'a'): Promise<string> {
  return (await openDemo(options, { name })).contentHash()
}

test('the content hash follows set, seed and count and nothing else', async () => {
  const reference = await hash({ set: 'test' })
  expect(reference).toMatch(/^[0-9a-f]{64}$/)
  expect(await hash({ set: 'test', count: demoSets.test.count, seed: 0 }, 'b')).toBe(reference)
  const others = await Promise.all([
    hash({ set: 'train' }),
    hash({ set: 'test', seed: 1 }),
    hash({ set: 'test', count: 999 }),
  ])
  expect(new Set([reference, ...others]).size).toBe(4)
})

test('an image is named by set, position and what it shows', async () => {
  const dataset = await openDemo({ set: 'unseen-objects' }, { name: 'near' })
  expect(dataset.describe(9)).toBe('unseen-objects#9 (boat)')
})

test.each([
  [{ set: 'tests' }, /the demo has no set "tests", choose one of train, test/],
  [{ set: 'toString' }, /no set "toString"/],
  [{ set: 'test', count: 0 }, /count must be a positive integer, not 0/],
  [{ set: 'test', count: 1.5 }, /count must be a positive integer, not 1.5/],
  [{ set: 'test', seed: Number.NaN }, /seed must be an integer, not NaN/],
])('%o is refused', async (options, message) => {
  const opened = openDemo(options, { name: 'a' })
  await expect(opened).rejects.toThrow(InvalidOptionError)
  await expect(opened).rejects.toThrow(message)
})

function deviation(values: ArrayLike<number>): number {
  const list = Array.from(values)
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length
  return Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length)
}
