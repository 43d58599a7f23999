import { applyNormalization, defineScore, normalizedBytes } from '@mode-ood/core'
import { createTestOutputs } from '@mode-ood/core/test'
import { csd } from '@mode-ood/csd'
import { openModel } from '@mode-ood/inference'
import { energy, knn, mahalanobis } from '@mode-ood/scores'
import { describe, expect, test } from 'vitest'
import { fitDetector, type Detector, type FittedDetector } from './index.ts'
import {
  classes,
  modelOptions,
  otherImages,
  preprocessing,
  smallImages,
  smallModel,
} from './small-detector.test.fixture.ts'

async function fit(score = csd({ k: 3 }) as Parameters<typeof fitDetector>[0]['score']): Promise<FittedDetector> {
  const training = [smallImages(40, 1), smallImages(23, 2)]
  return fitDetector({ model: await smallModel(), score, training, preprocessing })
}

async function calibrated(score?: Parameters<typeof fit>[0]): Promise<Detector> {
  const fitted = await fit(score)
  const { scores } = await fitted.measure(smallImages(99, 3))
  return fitted.calibrate(scores, { falseAlarmRate: 0.05 })
}

describe('a detector', () => {
  test('tells images unlike the training images', async () => {
    const detector = await calibrated()
    const others = await detector.detect(otherImages(40))
    const same = await detector.detect(smallImages(40, 4))
    expect(others.filter(({ isOod }) => isOod).length).toBe(40)
    expect(same.filter(({ isOod }) => isOod).length).toBeLessThan(8)
    expect(detector.checkDrift(others).isDrift).toBe(true)
    expect(detector.checkDrift(same).isDrift).toBe(false)
    expect(same[0]).toEqual({
      score: expect.any(Number),
      pValue: expect.any(Number),
      isOod: expect.any(Boolean),
      prediction: expect.any(Number),
    })
  })

  test('scores as the score does on outputs of the model, and alike for bytes and normalised images', async () => {
    const detector = await calibrated()
    const images = smallImages(9, 5)
    const normalized = { ...images, data: applyNormalization(images.data, normalizedBytes(preprocessing)) }
    const expected = await detector.measure(images)
    expect((await detector.measure(normalized)).scores).toEqual(expected.scores)
    const { views } = await detector.parts.model!.run(normalized, { outputs: ['views'] })
    expect(await detector.parts.fitted.score({ views } as never)).toEqual(expected.scores)
  })

  test('names the nearest training images: a training image is its own nearest', async () => {
    for (const score of [csd({ k: 3 }), csd({ k: 3, banks: 'per-view' }), knn({ k: 3 })]) {
      const detector = await calibrated(score)
      const found = await detector.detect(smallImages(23, 2), { nearest: 3 })
      for (const [i, { nearest = [] }] of found.entries()) {
        expect(nearest[0]).toMatchObject({ index: 40 + i, name: `image ${i}`, label: i % classes })
        expect(nearest[0]!.distance).toBeLessThan(1e-9)
        expect(new Set(nearest.map(({ index }) => index)).size).toBe(3)
      }
      expect(found.every(({ view }) => (view === undefined) === (score.name === 'knn'))).toBe(true)
    }
  })

  test('the view that is named is the one whose distance is the score', async () => {
    const detector = await calibrated()
    const images = otherImages(5)
    const { views } = await detector.parts.model!.run(
      { ...images, normalization: preprocessing },
      { outputs: ['views'] },
    )
    const { bank } = detector.parts.fitted.state as { bank: { kthDistance: Function } }
    const detections = await detector.detect(images, { nearest: 1 })
    for (const [i, { score, view = -1 }] of detections.entries()) {
      const start = (i * 6 + view) * views!.dimension
      const data = views!.data.slice(start, start + views!.dimension)
      expect(await bank.kthDistance({ rows: 1, columns: data.length, data }, 3)).toEqual(Float64Array.of(-score))
    }
  })

  test('scores that compare with no training images have nothing to name', async () => {
    const detector = await calibrated(energy())
    expect((await detector.detect(smallImages(1, 9), { nearest: 2 }))[0]).not.toHaveProperty('nearest')
  })

  test('a false discovery rate decides over the batch', async () => {
    const detector = await calibrated()
    const mixed = smallImages(30, 6)
    mixed.data.set(otherImages(10).data)
    const found = await detector.detect(mixed, { falseDiscoveryRate: 0.2 })
    expect(found.slice(0, 10).every(({ isOod }) => isOod)).toBe(true)
    expect(found.slice(10).filter(({ isOod }) => isOod).length).toBeLessThan(4)
  })

  test('has a threshold a class, and can be calibrated again', async () => {
    const fitted = await fit(mahalanobis())
    const { scores, predictions } = await fitted.measure(smallImages(400, 7))
    const detector = fitted.calibrate(scores, { falseAlarmRate: 0.1, predictions: predictions! })
    expect(detector.calibration.groups.length).toBe(classes)
    expect(detector.calibrate(scores, { falseAlarmRate: 0.2 }).calibration.groups.length).toBe(1)
  })

  test('learns from outputs computed elsewhere, and judges them', async () => {
    const { training, id, ood } = createTestOutputs()
    const fitted = await fitDetector({ score: knn({ k: 5 }), training: [training] })
    const { scores } = await fitted.measureOutputs(id)
    const detector = fitted.calibrate(scores, { falseAlarmRate: 0.1 })
    const found = await detector.detectOutputs(ood)
    const third = scores.toSorted()[2]!
    expect(found.map(({ isOod }) => isOod)).toEqual(found.map(({ score }) => score < third))
    expect(found.some(({ isOod }) => isOod)).toBe(true)
    await expect(detector.detect(otherImages(1))).rejects.toThrow('has no model')
  })

  test('outputs computed elsewhere have as many classes as logits, whether or not all are predicted', async () => {
    const draw = (count: number, largest: number) => ({
      logits: {
        rows: count,
        columns: 3,
        data: Float32Array.from({ length: 3 * count }, (_, i) => Number(i % 3 === Math.floor(i / 3) % (largest + 1))),
      },
    })
    const fitted = await fitDetector({ score: energy(), training: [] })
    const { scores, predictions } = await fitted.measureOutputs(draw(200, 1))
    // Class 2 was not predicted: it gets no threshold that was never learnt.
    expect(() => fitted.calibrate(scores, { falseAlarmRate: 0.1, predictions: predictions! })).toThrow(
      'predicted class 2 has 0',
    )
    const fresh = await fitDetector({ score: energy(), training: [] })
    const detector = fresh.calibrate(scores, { falseAlarmRate: 0.1, predictions: predictions! })
    await expect(detector.detectOutputs(draw(3, 2))).rejects.toThrow(
      'image 2 is predicted to be class 2, but there are thresholds for the classes 0 to 1',
    )
  })

  test('is calibrated by class on many images', async () => {
    const fitted = await fitDetector({ score: energy(), training: [] })
    const count = 200_000
    const detector = fitted.calibrate(new Float64Array(count), {
      falseAlarmRate: 0.1,
      predictions: Int32Array.from({ length: count }, (_, i) => i % 4),
    })
    expect(detector.calibration.groups.length).toBe(4)
  })
})

describe('wrong input', () => {
  test('images of another size, bytes that nobody can normalise', async () => {
    const detector = await calibrated()
    await expect(detector.detect(otherImages(2, 9))).rejects.toThrow('images are 9 x 9, but the model takes 8 x 8')
    const model = await smallModel()
    await expect(fitDetector({ model, score: csd(), training: [smallImages(3, 1)] })).rejects.toThrow(
      'without preprocessing',
    )
  })

  test('a score whose outputs the model does not give; no images', async () => {
    const model = await openModel({ ...modelOptions, featureMap: false })
    await expect(fitDetector({ model, score: csd(), training: [] })).rejects.toThrow(
      'score "csd" needs the model\'s views',
    )
    await expect(fitDetector({ model, score: knn(), training: [] })).rejects.toThrow('no training images')
    await model.close()
  })

  test('a score that gives no finite number', async () => {
    const broken = defineScore({
      name: 'broken',
      needs: ['logits'],
      score: ({ logits }) => new Float64Array(logits.rows).fill(NaN),
    })
    await expect((await fit(broken())).measure(smallImages(2, 1))).rejects.toThrow('"broken" is NaN')
  })
})
