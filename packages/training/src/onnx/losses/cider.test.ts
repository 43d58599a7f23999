import { createRandom } from '@mode-ood/core'
import { relativeError, tolerance } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import type { CiderOptions } from '../../loss-options.ts'
import { ciderEmitter, ciderTensors } from './cider.ts'
import { type GraphInput, readStoredLoss, runLoss, storedLosses } from './loss-graph.test.fixture.ts'
import type { LossInputs } from './loss-emitter.ts'

const defaults = { temperature: 0.1, compactness: 2, prototypeMomentum: 0.5 }

function run(
  given: { vectors: GraphInput; labels: GraphInput; prototypes: GraphInput },
  options: Partial<CiderOptions> = {},
  views: 1 | 2 = 1,
) {
  const { vectors, labels, prototypes } = given
  const [count, projection] = vectors.shape as [number, number]
  const classes = prototypes.shape[0]!
  const { name } = ciderTensors(classes, projection)[0]!
  const map = { name: '', height: 0, width: 0, channels: 0 }
  const read: LossInputs = {
    count,
    views,
    classes,
    map,
    embedding: '',
    logits: '',
    projected: 'vectors',
    labels: 'labels',
  }
  return runLoss({ vectors, labels, [name]: prototypes }, (tape) =>
    ciderEmitter({ ...defaults, ...options, projection }, classes)(tape, read),
  )
}

function unitRows(seed: string, rows: number, dimension: number): GraphInput {
  const random = createRandom(seed)
  const values = Array.from({ length: rows }, () => {
    const row = Array.from({ length: dimension }, random.normal)
    const norm = Math.hypot(...row)
    return row.map((value) => value / norm)
  })
  return { shape: [rows, dimension], values: values.flat() }
}

describe('CIDER in a graph', () => {
  test.each(storedLosses('cider_'))("PyTorch's numbers, %s", async (file) => {
    const stored = readStoredLoss(file)
    const { loss, parts, gradients, updates } = await run(
      { vectors: stored.input('embeddings'), labels: stored.input('labels'), prototypes: stored.input('prototypes') },
      {
        temperature: stored.option('temperature'),
        compactness: stored.option('weight'),
        prototypeMomentum: stored.option('momentum'),
      },
    )
    const pairs: [string, ArrayLike<number>, string][] = [
      ['loss', [loss], 'loss'],
      ['compactness', [parts['compactness']!], 'compactness'],
      ['dispersion', [parts['dispersion']!], 'dispersion'],
      ['gradient', gradients['vectors']!, 'gradient'],
      ['prototypes', updates['cider.prototypes']!, 'moved'],
    ]
    for (const [what, actual, expected] of pairs) {
      expect(relativeError(actual, stored.values(expected)), what).toBeLessThan(tolerance.float32)
    }
    expect(Object.keys(gradients)).toEqual(['vectors'])
  })

  test('two views an image are the batch twice as long, view 1 of all first', async () => {
    const [vectors, prototypes] = [unitRows('z', 6, 4), unitRows('prototypes', 3, 4)]
    const labels = (values: number[]) => ({ shape: [values.length], values })
    const twoViews = await run({ vectors, prototypes, labels: labels([2, 0, 2]) }, {}, 2)
    const oneView = await run({ vectors, prototypes, labels: labels([2, 0, 2, 2, 0, 2]) })
    expect(twoViews).toEqual(oneView)
  })

  test('a larger problem agrees with moving prototypes one by one, over 20 steps', async () => {
    const [count, classes, dimension] = [48, 7, 16]
    const random = createRandom('labels')
    let prototypes = unitRows('prototypes', classes, dimension)
    const expected = Array.from(prototypes.values)
    for (let step = 0; step < 20; step++) {
      const vectors = unitRows(`step ${step}`, count, dimension)
      const values = Array.from({ length: count }, () => random.integer(classes))
      const { updates } = await run({ vectors, prototypes, labels: { shape: [count], values } })
      prototypes = { shape: [classes, dimension], values: updates['cider.prototypes']! }
      for (const [item, label] of values.entries()) move(expected, label, vectors, item)
    }
    expect(relativeError(prototypes.values, expected)).toBeLessThan(tolerance.float32)
  })

  test('the average of two workers, shorter than 1, counts as its direction', async () => {
    const vectors = unitRows('z', 2, 4)
    const labels = { shape: [2], values: [1, 1] }
    const prototypes = unitRows('prototypes', 3, 4)
    const shorter = { ...prototypes, values: Array.from(prototypes.values, (value) => value * 0.4) }
    const [a, b] = [await run({ vectors, labels, prototypes }), await run({ vectors, labels, prototypes: shorter })]
    expect(relativeError(b.updates['cider.prototypes']!, a.updates['cider.prototypes']!)).toBeLessThan(
      tolerance.float32,
    )
    expect(relativeError(b.gradients['vectors']!, a.gradients['vectors']!)).toBeLessThan(tolerance.float32)
  })

  test('one class: nothing disperses and nothing is told apart', async () => {
    const vectors = { shape: [1, 2], values: [0, 1] }
    const labels = { shape: [1], values: [0] }
    const { loss, gradients, updates } = await run({ vectors, labels, prototypes: { shape: [1, 2], values: [1, 0] } })
    expect([loss, ...gradients['vectors']!].every((value) => value === 0)).toBe(true)
    expect(relativeError(updates['cider.prototypes']!, [Math.SQRT1_2, Math.SQRT1_2])).toBeLessThan(tolerance.float32)
  })

  test('a vector opposite to its prototype and prototypes of zero: no NaN', async () => {
    const vectors = { shape: [1, 2], values: [-1, 0] }
    const labels = { shape: [1], values: [0] }
    const { loss, gradients } = await run({ vectors, labels, prototypes: { shape: [2, 2], values: [1, 0, 0, 0] } })
    expect(loss).toBeCloseTo(2 * Math.log(2), 6)
    expect(gradients['vectors']!.every(Number.isFinite)).toBe(true)
  })
})

/** μ := (μ + z) / |μ + z| for one item, in place: momentum 0.5. */
function move(prototypes: number[], label: number, { shape, values }: GraphInput, item: number): void {
  const dimension = shape[1]!
  const sum = Array.from(
    { length: dimension },
    (_, k) => prototypes[label * dimension + k]! + values[item * dimension + k]!,
  )
  const norm = Math.hypot(...sum)
  for (const [k, value] of sum.entries()) prototypes[label * dimension + k] = value / norm
}
