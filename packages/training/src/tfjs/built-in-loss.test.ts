import { alpaLoss, createAlpaProjections } from '@mode-ood/alpa'
import { prepareBackend } from '@mode-ood/backend'
import { crossEntropyLoss } from '@mode-ood/losses'
import type { Rank, Scalar, Tensor } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import type { ComputedLoss } from '../differentiable-loss.ts'
import { lossOptionsSchema } from '../loss-options.ts'
import { builtInLoss } from './built-in-loss.ts'

const { tf } = await prepareBackend({ prefer: 'wasm' })

test('base + weight · ALPA, over both views, with its summands', async () => {
  const outputs = {
    featureMap: tf.relu(tf.randomNormal<Rank.R4>([4, 2, 3, 5], 0, 1, 'float32', 1)),
    embedding: tf.zeros<Rank.R2>([4, 5]),
    logits: tf.randomNormal<Rank.R2>([4, 3], 0, 1, 'float32', 2),
  }
  const labels = tf.tensor1d([2, 0], 'int32')
  const alpa = { dimension: 4, inverseTemperature: 3, aggregation: 'sum', grid: 2 } as const
  const options = lossOptionsSchema.parse({ name: 'ce+alpa', labelSmoothing: 0.2, alpaWeight: 0.25, alpa })
  const projections = createAlpaProjections({ channels: 5, dimension: 4, seed: 3 })
  const tensors: Record<string, Tensor> = {}
  for (const [role, matrices] of Object.entries(projections)) {
    for (const [name, matrix] of Object.entries(matrices)) tensors[`alpa.${role}.${name}`] = matrix as Tensor
  }
  const compute = await builtInLoss(tf, options)
  const { loss, parts } = compute(outputs, labels, tensors) as ComputedLoss
  const number = (scalar: Scalar) => scalar.dataSync()[0]!
  const ofEntropy = number(
    crossEntropyLoss(outputs.logits, tf.tensor1d([2, 0, 2, 0], 'int32'), { labelSmoothing: 0.2 }),
  )
  const ofAlpa = 0.25 * number(alpaLoss(outputs.featureMap, labels, projections, alpa))
  expect(Object.keys(parts!)).toEqual(['ce', 'alpa'])
  expect(number(parts!['ce']!)).toBeCloseTo(ofEntropy, 6)
  expect(number(parts!['alpa']!)).toBeCloseTo(ofAlpa, 6)
  expect(number(loss)).toBeCloseTo(ofEntropy + ofAlpa, 6)
  tf.disposeVariables()
})
