import { createRandom } from '@mode-ood/core'
import { openDataset } from '@mode-ood/data'
import { openModel } from '@mode-ood/inference'
import { energy } from '@mode-ood/scores'
import { describeWithData, realData } from '@mode-ood/testing'
import { beforeAll, expect, test } from 'vitest'
import { fitDetector, measureCoverage } from './index.ts'

const model = 'models/resnet20_cifar10.safetensors'
const images = 'cifar10/test_a.bin'

describeWithData('coverage on CIFAR-10 by ResNet-20, over 200 random splits', [model, images], () => {
  let scores = new Float64Array()
  beforeAll(async () => {
    const network = await openModel({ architecture: 'cifar-resnet20', checkpoint: realData(model), classes: 10 })
    const preprocessing = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const
    const fitted = await fitDetector({ model: network, score: energy(), training: [], preprocessing })
    const config = { format: 'cifar10' as const, files: [realData(images)] }
    const set = await openDataset(config, { name: 'id', baseDirectory: '.', imageSize: 32 })
    const found: number[] = []
    for await (const batch of set.batches({ batchSize: 512 })) found.push(...(await fitted.measure(batch)).scores)
    scores = Float64Array.from(found)
    await fitted.close()
  }, 600_000)

  const calibrationCount = 1000

  test.each([0.01, 0.05, 0.1])('the mean rate of false alarms is %d', (falseAlarmRate) => {
    const { mean, standardError } = measureCoverage(scores, { falseAlarmRate, calibrationCount })
    // The mean is the threshold's place among n + 1, whatever the scores; three standard errors.
    const expected = Math.floor(falseAlarmRate * (calibrationCount + 1)) / (calibrationCount + 1)
    expect(Math.abs(mean - expected)).toBeLessThan(3 * standardError)
    expect(standardError).toBeLessThan(0.001)
  })

  test.each([0.01, 0.05, 0.1])(
    'with confidence 0.95 a rate of %d is exceeded in one split of twenty at most',
    (falseAlarmRate) => {
      const { exceeded } = measureCoverage(scores, { falseAlarmRate, calibrationCount, confidence: 0.95 })
      // Three standard errors of a share of 5 % in 200 splits; on average alone it is exceeded in about half of them.
      expect(exceeded).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 200))
      expect(measureCoverage(scores, { falseAlarmRate, calibrationCount }).exceeded).toBeGreaterThan(0.3)
    },
  )
})

test('the same seed gives the same splits; scores that cannot be split are refused', () => {
  const random = createRandom(1)
  const scores = Float64Array.from({ length: 300 }, () => random.normal())
  const options = { falseAlarmRate: 0.1, calibrationCount: 100, splits: 5 }
  expect(measureCoverage(scores, options)).toEqual(measureCoverage(scores, options))
  expect(measureCoverage(scores, { ...options, seed: 2 }).rates).not.toEqual(measureCoverage(scores, options).rates)
  expect(() => measureCoverage(scores, { ...options, calibrationCount: 300 })).toThrow('300 scores cannot be split')
})
