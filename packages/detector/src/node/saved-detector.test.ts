import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defineScore, InvalidFileError } from '@mode-ood/core'
import { csd } from '@mode-ood/csd'
import { combine, energy, knn, mahalanobis } from '@mode-ood/scores'
import { temporaryDirectory } from '@mode-ood/testing'
import * as z from 'zod'
import { afterAll, describe, expect, test } from 'vitest'
import { fitDetector, type Detector } from '../index.ts'
import { modelOptions, otherImages, preprocessing, smallImages, smallModel } from '../small-detector.test.fixture.ts'
import {
  checkDetectorPlace,
  openDetector,
  readDetectorManifest,
  saveDetector,
  type DetectorManifest,
  type OpenDetectorOptions,
} from './index.ts'

type AnyScore = Parameters<typeof fitDetector>[0]['score']

const opened: Detector[] = []
afterAll(async () => {
  for (const detector of opened) await detector.close()
})
const keep = (detector: Detector): Detector => {
  opened.push(detector)
  return detector
}

async function fit(score: AnyScore, byClass = false): Promise<Detector> {
  const model = await smallModel()
  const fitted = await fitDetector({ model, score, training: [smallImages(60, 1)], preprocessing })
  const { scores, predictions } = await fitted.measure(smallImages(400, 3))
  return fitted.calibrate(scores, { falseAlarmRate: 0.1, ...(byClass && { predictions: predictions! }) })
}

async function saved(score: AnyScore = csd({ k: 3 })): Promise<{ detector: Detector; directory: string }> {
  const detector = await fit(score)
  const directory = join(temporaryDirectory(), 'detector')
  await saveDetector(directory, detector, { model: modelOptions })
  return { detector, directory }
}

const open = async (directory: string, options: OpenDetectorOptions = {}) =>
  keep(await openDetector(directory, { threads: 1, ...options }))

/** A score of one's own: the distance to the mean of the training embeddings, in units given by an option. */
const distanceToMean = defineScore({
  name: 'distance-to-mean',
  needs: ['embedding'],
  options: z.object({ unit: z.number().default(1) }),
  async fit(training) {
    const sum: number[] = []
    let count = 0
    for await (const { embedding } of training) {
      count += embedding.rows
      for (const [i, value] of embedding.data.entries())
        sum[i % embedding.columns] = (sum[i % embedding.columns] ?? 0) + value
    }
    return { mean: Float64Array.from(sum, (value) => value / count) }
  },
  score: ({ embedding: { rows, columns, data } }, { unit }, { mean }) =>
    Float64Array.from({ length: rows }, (_, row) =>
      mean.reduce((sum, centre, i) => sum - Math.abs(data[row * columns + i]! - centre) / unit, 0),
    ),
})

describe('a saved detector', () => {
  test.each<[string, () => AnyScore, boolean]>([
    ['a bank', () => csd({ k: 3 }), false],
    ['several banks', () => csd({ k: 3, banks: 'per-view', calibrated: true }), false],
    ['matrices, thresholds by class', () => mahalanobis(), true],
    ['nothing learnt', () => energy(), false],
    ['combined scores', () => combine([knn({ k: 2 }), energy({ temperature: 2 })], { method: 'min' }), false],
  ])('judges as before: %s', async (_, score, byClass) => {
    const detector = await fit(score(), byClass)
    const directory = join(temporaryDirectory(), 'detector')
    await saveDetector(directory, detector, { model: modelOptions })
    const again = await open(directory)
    for (const images of [smallImages(20, 8), otherImages(7)]) {
      expect(await again.detect(images, { nearest: 2 })).toEqual(await detector.detect(images, { nearest: 2 }))
    }
    expect(again.calibration).toEqual(detector.calibration)
    expect(again.parts.preprocessing).toEqual(preprocessing)
  })

  test('a score of one’s own lies in it, and is restored by whoever opens it', async () => {
    const directory = join(temporaryDirectory(), 'detector')
    const module = join(temporaryDirectory(), 'mine.js')
    writeFileSync(module, '// its code\n')
    const detector = await fit(distanceToMean({ unit: 3 }))
    await saveDetector(directory, detector, { model: modelOptions, scoreModule: module })
    await expect(openDetector(directory)).rejects.toThrow('score "distance-to-mean" comes from')
    const places: (string | null)[] = []
    const again = await open(directory, {
      score(recipe, place) {
        places.push(place)
        return distanceToMean(recipe.options)
      },
    })
    expect(places).toEqual([join(directory, 'score/mine.js')])
    expect(await again.detect(otherImages(3))).toEqual(await detector.detect(otherImages(3)))
    await expect(openDetector(directory, { score: () => energy() })).rejects.toThrow('not "energy"')
  })

  test('is replaced whole; a directory with other files is left alone', async () => {
    const { detector, directory } = await saved()
    await saveDetector(directory, await fit(knn({ k: 3 })), { model: modelOptions })
    expect((await readDetectorManifest(directory)).score.name).toBe('knn')
    const other = temporaryDirectory()
    writeFileSync(join(other, 'thesis.tex'), '')
    await expect(saveDetector(other, detector, { model: modelOptions })).rejects.toThrow('thesis.tex')
    await expect(saveDetector(join(other, 'thesis.tex'), detector, { model: modelOptions })).rejects.toThrow(
      InvalidFileError,
    )
    expect(readdirSync(other)).toEqual(['thesis.tex'])
    await expect(saveDetector(directory, detector)).rejects.toThrow('options the model was opened with')
  })

  test.each<[string, (directory: string) => void, string]>([
    ['a file of that name alone', (it) => writeFileSync(join(it, 'detector.json'), '{"model":{}}'), 'detector.json'],
    ['a detector among a project', (it) => writeFileSync(join(it, 'thesis.tex'), ''), 'thesis.tex'],
    ['a file in a folder of it', (it) => writeFileSync(join(it, 'bank-0/notes.txt'), ''), 'bank-0/notes.txt'],
    ['a folder in a folder of it', (it) => mkdirSync(join(it, 'bank-0/photos')), 'bank-0/photos'],
    ['a folder', (it) => mkdirSync(join(it, 'photos')), 'photos'],
  ])('is not taken for what may be replaced: %s', async (_, change, named) => {
    const { detector, directory } = await saved()
    change(directory)
    const before = readdirSync(directory, { recursive: true })
    const refusal = expect.stringContaining(`holds other files than a detector's (${named})`)
    await expect(saveDetector(directory, detector, { model: modelOptions })).rejects.toMatchObject({ message: refusal })
    await expect(checkDetectorPlace(directory)).rejects.toMatchObject({ message: refusal })
    expect(readdirSync(directory, { recursive: true })).toEqual(before)
  })

  test('stays as it was when the new one does not pass its check, or cannot take its place', async () => {
    const { detector, directory } = await saved()
    const before = readFileSync(join(directory, 'detector.json'), 'utf8')
    const places: string[] = []
    const replaceWith = (check: (temporary: string) => void) =>
      saveDetector(directory, detector, {
        model: modelOptions,
        onTemporary: (place) => places.push(place),
        check: async (place) => {
          expect(existsSync(join(place, 'detector.json'))).toBe(true)
          check(place)
        },
      })
    await expect(
      replaceWith(() => {
        throw new InvalidFileError('x', 'is not good')
      }),
    ).rejects.toThrow('x: is not good')
    await expect(replaceWith((place) => rmSync(place, { recursive: true }))).rejects.toThrow('cannot be written')
    expect(readFileSync(join(directory, 'detector.json'), 'utf8')).toBe(before)
    expect(readdirSync(dirname(directory))).toEqual(['detector'])
    expect(new Set(places).size).toBe(2)
  })

  test('consists of plain files that the manifest names with their hashes', async () => {
    const { directory } = await saved()
    const { files, format } = await readDetectorManifest(directory)
    expect(format).toBe('mode-ood detector 1')
    expect(Object.keys(files)).toEqual([
      'bank-0/manifest.json',
      expect.stringMatching(/^bank-0\/vectors-.*\.safetensors$/),
      'model.onnx',
      'state.safetensors',
      'training.json',
    ])
    expect(readFileSync(join(directory, 'model.onnx'))).toEqual(readFileSync(modelOptions.onnx))
  })
})

describe('what does not match is refused', () => {
  const edit = (directory: string, change: (manifest: DetectorManifest) => void) => {
    const path = join(directory, 'detector.json')
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as DetectorManifest
    change(manifest)
    writeFileSync(path, JSON.stringify(manifest))
  }

  test.each<[string, (directory: string) => void, string]>([
    ['no detector', (directory) => rmSync(join(directory, 'detector.json')), 'there is no detector here'],
    [
      'another version',
      (directory) => edit(directory, (it) => Object.assign(it, { format: 'mode-ood detector 9' })),
      'is a "mode-ood detector 9", and this version opens',
    ],
    ['something else', (directory) => writeFileSync(join(directory, 'detector.json'), '[]'), 'is no detector'],
    ['a torn manifest', (directory) => writeFileSync(join(directory, 'detector.json'), '{"format":'), 'not valid JSON'],
    [
      'a manifest with a hole',
      (directory) => edit(directory, (it) => Object.assign(it, { calibration: undefined })),
      '"calibration"',
    ],
    [
      'a path that leads out',
      (directory) => edit(directory, (it) => (it.training!.names = '../training.json')),
      'below the detector',
    ],
    [
      'a file that grew',
      (directory) => appendFileSync(join(directory, 'state.safetensors'), 'x'),
      'state.safetensors: has ',
    ],
    [
      'a file that is missing',
      (directory) => rmSync(join(directory, 'model.onnx')),
      'model.onnx: is part of the detector and missing',
    ],
    [
      'a file of the same length with another content',
      (directory) => {
        const bytes = readFileSync(join(directory, 'model.onnx'))
        bytes[bytes.length >> 1]! ^= 1
        writeFileSync(join(directory, 'model.onnx'), bytes)
      },
      'its SHA-256 differs',
    ],
    [
      'a model without a hash',
      (directory) => edit(directory, (it) => delete it.files['model.onnx']),
      'model.onnx: is part of the detector, but detector.json has no hash of it',
    ],
    [
      'names without a hash',
      (directory) => edit(directory, (it) => delete it.files['training.json']),
      'training.json: is part of the detector, but',
    ],
    [
      'a score module without a hash',
      (directory) => edit(directory, (it) => (it.score.module = 'score/mine.js')),
      'score/mine.js: is part of the detector, but',
    ],
    [
      'a state without a hash',
      (directory) => edit(directory, (it) => delete it.files['state.safetensors']),
      'state.safetensors: is part of the detector, but',
    ],
    [
      'a bank without hashes',
      (directory) => edit(directory, (it) => (it.banks = { ...it.banks, other: 'bank-1' })),
      'bank-1: is part of the detector, but detector.json has no hashes of it',
    ],
    ['another image size', (directory) => edit(directory, (it) => (it.model!.width = 9)), 'takes images of 8 x 8'],
    [
      'other channels',
      (directory) => edit(directory, (it) => Object.assign(it.model!, { channels: 1 })),
      '"model.channels"',
    ],
    ['other classes', (directory) => edit(directory, (it) => (it.model!.classes = 5)), 'has 3 classes'],
    [
      'another threshold',
      (directory) => edit(directory, (it) => (it.calibration.groups[0]!.threshold = 9)),
      'calibration scores',
    ],
    ['another score', (directory) => edit(directory, (it) => (it.score.name = 'nobody')), 'is not one of this package'],
  ])('%s', async (_, damage, sentence) => {
    const { directory } = await saved()
    damage(directory)
    await expect(openDetector(directory, { threads: 1 })).rejects.toThrow(sentence)
  })

  test('a detector that cannot be written leaves nothing behind', async () => {
    const { detector } = await saved()
    const place = temporaryDirectory()
    mkdirSync(join(place, 'detector'))
    await expect(
      saveDetector(join(place, 'detector'), detector, { model: { onnx: join(place, 'gone.onnx') } }),
    ).rejects.toThrow('cannot be written')
    expect([readdirSync(place), existsSync(join(place, 'detector'))]).toEqual([['detector'], true])
  })
})
