import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readConfiguration } from '@mode-ood/command'
import { configurationSchema as evaluationSchema } from '@mode-ood/evaluate'
import { expect, test } from 'vitest'
import { chooseViews } from './choose-views.ts'
import { configurationSchema } from './configuration-schema.ts'
import { learningRate } from './schedule/learning-rate.ts'

const examples = fileURLToPath(new URL('../../../examples/own-model/', import.meta.url))
const folder = fileURLToPath(new URL('../recipes/', import.meta.url))

test.each(readdirSync(folder))('the recipe %s is one', async (name) => {
  const { configuration, file } = await readConfiguration(`${folder}${name}`, configurationSchema)
  const { loss, schedule, epochs } = configuration
  expect(chooseViews(configuration, file).views).toBe(loss.name === 'ce' ? 1 : 2)
  expect(learningRate(epochs * 10 - 1, schedule, { epochs, stepsPerEpoch: 10 })).toBeLessThan(0.002)
})

test('the example trains on what the README’s other command evaluates', async () => {
  const { configuration } = await readConfiguration(`${examples}train.yaml`, configurationSchema)
  const evaluation = await readConfiguration(`${examples}evaluate.yaml`, evaluationSchema)
  const { architecture, classes, mean, std } = configuration.model
  const checkpoint = '../../runs/own-model/train.safetensors'
  expect(evaluation.configuration.model).toEqual({ architecture, classes, mean, std, checkpoint })
})

test('the paper’s recipes are as the paper has them', async () => {
  const read = async (name: string) =>
    (await readConfiguration(`${folder}${name}.yaml`, configurationSchema)).configuration
  const paper = { weightDecay: 1e-4, momentum: 0.9, nesterov: false, decayExempt: 'none' }
  const supcon = await read('cifar10-supcon')
  expect(supcon).toMatchObject({ epochs: 500, batchSize: 512, optimizer: { ...paper, learningRate: 0.5 } })
  expect(supcon.schedule).toMatchObject({ per: 'epoch', final: 1e-3, warmUp: { epochs: 10 } })
  expect(await read('cifar10-mode-t')).toMatchObject({
    loss: { name: 'supcon+alpa', alpaWeight: 1, temperature: 0.1, alpa: { inverseTemperature: 10, dimension: 80 } },
    batchSize: 128,
    optimizer: { ...paper, learningRate: 0.5 },
  })
  expect(await read('cifar100-mode-f')).toMatchObject({
    model: { architecture: 'cifar-resnet34', classes: 100 },
    loss: { name: 'alpa' },
    batchSize: 128,
    optimizer: { ...paper, learningRate: 0.1 },
  })
  expect(chooseViews(supcon, 'x').augmentation).toEqual({
    crop: { kind: 'resized', scale: [0.2, 1], ratio: [3 / 4, 4 / 3] },
    flip: 0.5,
    jitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, probability: 0.8 },
    grayscale: 0.2,
  })
})
