import { alpaByDefinition, alpaGradientsByDifferences, relativeError } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { alpaProblem, inputOf, matrices, roles, runAlpa } from './alpa-problem.test.fixture.ts'
import { alpaTensors } from './alpa.ts'
import { type LossRun, readStoredLoss, storedLosses } from './loss-graph.test.fixture.ts'

/** Of float32: attention moves the loss little, so its gradients are small differences of large numbers. */
const tolerance = 1e-4

function golden(file: string) {
  const { input, values } = readStoredLoss(file)
  const given = {
    map: input('features_nhwc'),
    labels: Array.from(values('labels')),
    matrices: Object.fromEntries(matrices.map((name) => [name, input(name)])),
  }
  const gradient = (name: string) => values(name === 'map' ? 'grad_features_nhwc' : `grad.${name}`)
  return { given, gradient, loss: values('loss')[0]! }
}

/** What differs from what is expected by more than the tolerance. */
function differences(result: LossRun, loss: number, gradient: (name: string) => ArrayLike<number>): string[] {
  const errors = new Map([['loss', relativeError([result.loss], [loss])]])
  for (const name of ['map', ...matrices]) {
    const found = result.gradients[name === 'map' ? name : `alpa.${name}`]!
    errors.set(name, relativeError(found, gradient(name)))
  }
  return [...errors].filter(([, error]) => !(error < tolerance)).map(([name, error]) => `${name} by ${error}`)
}

describe('ALPA in a graph', () => {
  test('all stored problems are there', () => {
    expect(storedLosses('alpa_')).toHaveLength(4)
  })

  test.each(storedLosses('alpa_'))('golden %s: loss and the seven gradients', async (file) => {
    const { given, loss, gradient } = golden(file)
    expect(differences(await runAlpa(given), loss, gradient)).toEqual([])
  })

  test.each([
    { kept: 'all', keptMebibytes: 1 },
    { kept: 'two', keptMebibytes: 0.3 },
    { kept: 'no', keptMebibytes: 0 },
  ])('six chunks of three images, $kept chunks kept for the way back', async ({ keptMebibytes }) => {
    const { given, loss, gradient } = golden('alpa_wide.safetensors')
    expect(differences(await runAlpa(given, { keptMebibytes, chunkMebibytes: 0.05 }), loss, gradient)).toEqual([])
  })

  test.each(['mean', 'sum', 'max', 'logsum'] as const)(
    'the definition and central differences, %s',
    async (aggregation) => {
      const problem = alpaProblem({ aggregation })
      const result = await runAlpa(inputOf(problem), { aggregation, inverseTemperature: 2 })
      const expected = alpaGradientsByDifferences(problem)
      expect(differences(result, alpaByDefinition(problem).loss, (name) => expected[name]!)).toEqual([])
    },
  )

  test('anchors without positives add 0 and stay in the mean', async () => {
    const problem = alpaProblem({ labels: [0, 1, 2, 1] })
    const result = await runAlpa(inputOf(problem, 1), { inverseTemperature: 2, views: 1 })
    const expected = alpaGradientsByDifferences(problem)
    expect(differences(result, alpaByDefinition(problem).loss, (name) => expected[name]!)).toEqual([])
  })

  test('two views of one image: nothing to be told from, so the loss is 0', async () => {
    const { loss, gradients } = await runAlpa(inputOf(alpaProblem({ images: 2, labels: [7, 7] })))
    expect(loss).toBeCloseTo(0, 6)
    for (const gradient of Object.values(gradients)) expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-6)
  })

  test.each(['mean', 'max', 'logsum'] as const)(
    'an image and a position that are all zero, %s',
    async (aggregation) => {
      const problem = alpaProblem({ aggregation })
      const zeros = 5 * problem.channels
      problem.tensors['map']!.fill(0, 0, zeros)
      const result = await runAlpa(inputOf(problem), { aggregation, inverseTemperature: 2 })
      // A zero position sits in the kink of every ReLU: no differences there, but a gradient of 0.
      const expected = alpaGradientsByDifferences(problem)
      expected['map']!.fill(0, 0, zeros)
      expect(differences(result, alpaByDefinition(problem).loss, (name) => expected[name]!)).toEqual([])
    },
  )

  test('a value of zero gets no gradient, however its hidden units are', async () => {
    const problem = alpaProblem()
    const { channels, dimension, tensors } = problem
    // Image 0 has channel 0 only, which the values' hidden layer passes on and their second matrix drops.
    const image = problem.positions * channels
    tensors['map']!.forEach((_, i, map) => i < image && (map[i] = i % channels === 0 ? 1 : 0))
    tensors['value.w1']!.forEach((_, i, w1) => (w1[i] = i % (channels + 1) === 0 ? 1 : 0))
    tensors['value.w2']!.fill(0, 0, dimension)
    const { loss, gradients } = await runAlpa(inputOf(problem), { inverseTemperature: 2 })
    expect(relativeError([loss], [alpaByDefinition(problem).loss])).toBeLessThan(tolerance)
    for (const gradient of Object.values(gradients)) expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(10)
    expect(gradients['map']!.subarray(0, image).every((value) => value === 0)).toBe(true)
  })

  test('a weight multiplies loss and gradients', async () => {
    const given = inputOf(alpaProblem())
    const [once, thrice] = [await runAlpa(given), await runAlpa(given, { weight: 3 })]
    expect(thrice.loss / once.loss).toBeCloseTo(3, 5)
    for (const [name, gradient] of Object.entries(once.gradients)) {
      const tripled = gradient.map((value) => 3 * value)
      expect(relativeError(thrice.gradients[name]!, tripled), name).toBeLessThan(1e-5)
    }
  })

  test('its tensors are three pairs of matrices, uniform by their fan-in', () => {
    const tensors = alpaTensors(512, 80)
    expect(tensors.map(({ name }) => name)).toEqual(matrices.map((name) => `alpa.${name}`))
    expect(tensors.map(({ shape }) => shape)).toEqual(
      roles.flatMap(() => [
        [512, 512],
        [512, 80],
      ]),
    )
    expect(tensors.every(({ learnt, initial }) => learnt && initial.kind === 'uniform')).toBe(true)
  })
})
