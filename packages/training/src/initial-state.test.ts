import { backboneSpec } from '@mode-ood/backbones'
import { expect, test } from 'vitest'
import { initialState } from './initial-state.ts'
import { trainingEntries } from './training-entries.ts'

const spec = backboneSpec('cifar-resnet20')
const lossTensors = [
  { name: 'head.0.weight', shape: [40, 30], initial: { kind: 'uniform', fanIn: 30 }, learnt: true },
  { name: 'alpa.query.w1', shape: [500, 20], initial: { kind: 'uniform' }, learnt: true },
  { name: 'cider.prototypes', shape: [5, 12], initial: { kind: 'unit-rows' }, learnt: false },
] as const
const entries = trainingEntries(spec, { classes: 10, lossTensors })
const state = initialState(entries, 7)
const values = (name: string) => Array.from(state.get(name)!.data as Float32Array)
const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length
const meanSquare = (numbers: readonly number[]) => mean(numbers.map((x) => x * x))

test('filters are normal with variance 2 / fan-out', () => {
  // 32 outputs, 3x3, from 16 inputs
  expect(meanSquare(values('layer2.0.conv1.weight')) / (2 / (32 * 9))).toBeCloseTo(1, 1)
  const large = values('layer3.1.conv1.weight')
  expect(Math.max(...large.map(Math.abs)) / Math.sqrt(2 / (64 * 9))).toBeGreaterThan(3.5)
})

test.each([
  ['linear.weight', 64],
  ['linear.bias', 64],
  ['head.0.weight', 30],
  ['alpa.query.w1', 500],
])('%s is uniform within ±1/sqrt(%i)', (name, fanIn) => {
  const bound = 1 / Math.sqrt(fanIn)
  const largest = Math.max(...values(name).map(Math.abs))
  expect(largest).toBeLessThanOrEqual(bound)
  expect(largest).toBeGreaterThan(bound * 0.7)
})

test('batch normalisation begins as the identity, prototypes on the sphere', () => {
  for (const [tensor, value] of [
    ['weight', 1],
    ['bias', 0],
    ['running_mean', 0],
    ['running_var', 1],
  ] as const) {
    expect(new Set(values(`layer1.0.bn2.${tensor}`))).toEqual(new Set([value]))
  }
  for (let row = 0; row < 5; row++) {
    expect(12 * meanSquare(values('cider.prototypes').slice(row * 12, row * 12 + 12))).toBeCloseTo(1, 6)
  }
})

test('a network begins alike whatever it is trained with', () => {
  expect(initialState(trainingEntries(spec, {}), 7).get('conv1.weight')).toEqual(state.get('conv1.weight'))
  expect(initialState(trainingEntries(spec, {}), 8).get('conv1.weight')).not.toEqual(state.get('conv1.weight'))
})
