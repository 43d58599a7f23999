import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  decodeState,
  InvalidFileError,
  InvalidInputError,
  type FeatureBank,
  type Score,
  type StateArray,
  type StateDict,
} from '@mode-ood/core'
import { openFeatureBank } from '@mode-ood/feature-bank'
import { openModel, type Model, type OpenModelOptions } from '@mode-ood/inference'
import { readSafetensors } from '@mode-ood/safetensors'
import type { Calibration } from '../calibration/calibrate.ts'
import { createDetector } from '../create-detector.ts'
import type { Detector, TrainingRecord } from '../detector.ts'
import { restoreScore, type ScoreRecipe } from '../restore-score.ts'
import { manifestName, readDetectorManifest, type DetectorManifest } from './detector-manifest.ts'
import { hashFile } from './hash-file.ts'

export interface OpenDetectorOptions {
  /** Worker threads of the model; the machine's cores unless given. */
  readonly threads?: number | undefined
  /** Restores a score of one's own; `module` is the path of its file in the detector, or null. Shipped scores need nothing. */
  readonly score?: ((recipe: ScoreRecipe, module: string | null) => Score | Promise<Score>) | undefined
  /** Opens the feature banks, where they are of another driver. */
  readonly openBank?: ((directory: string) => Promise<FeatureBank>) | undefined
}

/**
 * Opens what `saveDetector` has written, after its hashes were checked.
 *
 * @throws InvalidFileError naming the file that is missing, changed, of another version, or does not fit the others.
 */
export async function openDetector(directory: string, options: OpenDetectorOptions = {}): Promise<Detector> {
  const manifest = await readDetectorManifest(directory)
  checkListed(directory, manifest)
  await checkFiles(directory, manifest)
  const score = await restoreOwn(directory, manifest, options)
  const file = join(directory, 'state.safetensors')
  const { tensors } = readSafetensors(await readFile(file), { file })
  const training = await readTraining(directory, manifest, tensors)
  const calibration = readCalibration(file, manifest, tensors)
  const banks = new Map<string, FeatureBank>()
  let model: Model | null = null
  try {
    for (const [place, folder] of Object.entries(manifest.banks)) {
      banks.set(place, await (options.openBank ?? openFeatureBank)(join(directory, folder)))
    }
    model = await openSavedModel(directory, manifest, options.threads)
    const arrays = new Map([...tensors].map(([name, { data }]) => [name, data as StateArray]))
    const fitted = score.restore(decodeState({ json: manifest.state, arrays, banks }))
    return createDetector({ model, score, fitted, preprocessing: manifest.preprocessing, training, calibration })
  } catch (error) {
    await Promise.all([...banks.values()].map((bank) => bank.close()))
    await model?.close()
    throw error
  }
}

/** A file that is read, or code that is run, has a hash. */
function checkListed(directory: string, { files, model, score, training, banks }: DetectorManifest): void {
  const named = ['state.safetensors', model?.open.checkpoint, model?.open.onnx, score.module, training?.names]
  const listed = Object.keys(files)
  for (const name of named) {
    if (typeof name !== 'string' || listed.includes(name)) continue
    throw new InvalidFileError(join(directory, name), `is part of the detector, but ${manifestName} has no hash of it`)
  }
  for (const folder of Object.values(banks)) {
    if (listed.some((name) => name.startsWith(`${folder}/`))) continue
    throw new InvalidFileError(
      join(directory, folder),
      `is part of the detector, but ${manifestName} has no hashes of it`,
    )
  }
}

async function checkFiles(directory: string, { files }: DetectorManifest): Promise<void> {
  for (const [name, { bytes, sha256 }] of Object.entries(files)) {
    const path = join(directory, name)
    const found = await hashFile(path).catch((cause: unknown) => {
      throw new InvalidFileError(path, 'is part of the detector and missing or not readable', { cause })
    })
    if (found.bytes !== bytes)
      throw new InvalidFileError(path, `has ${found.bytes} bytes, but the detector was saved with ${bytes}`)
    if (found.sha256 !== sha256)
      throw new InvalidFileError(path, 'is not the file the detector was saved with (its SHA-256 differs)')
  }
}

async function restoreOwn(
  directory: string,
  { score: { name, options, module } }: DetectorManifest,
  { score = restoreShipped }: OpenDetectorOptions,
): Promise<Score> {
  const restored = await score({ name, options }, module === null ? null : join(directory, module))
  if (restored.name === name) return restored
  throw new InvalidInputError(`${directory}: the detector was fitted with score "${name}", not "${restored.name}"`)
}

function restoreShipped(recipe: ScoreRecipe, module: string | null): Score {
  if (module === null) return restoreScore(recipe)
  throw new InvalidInputError(`score "${recipe.name}" comes from ${module}: import it and say so (option score)`)
}

async function openSavedModel(
  directory: string,
  { model: saved }: DetectorManifest,
  threads: number | undefined,
): Promise<Model | null> {
  if (!saved) return null
  const { checkpoint, onnx, ...rest } = saved.open
  const file = join(directory, checkpoint ?? onnx ?? '')
  const place = onnx === undefined ? { checkpoint: file } : { onnx: file }
  const model = await openModel({
    ...rest,
    ...place,
    ...(threads !== undefined && { threads }),
  } as unknown as OpenModelOptions)
  const { inputSize, classes } = model
  if (inputSize.height === saved.height && inputSize.width === saved.width && classes === saved.classes) return model
  await model.close()
  throw new InvalidFileError(
    file,
    `takes images of ${inputSize.height} x ${inputSize.width} and has ${classes} classes, but the detector was fitted with ${saved.height} x ${saved.width} and ${saved.classes}`,
  )
}

function readCalibration(file: string, { calibration }: DetectorManifest, tensors: StateDict): Calibration {
  const groups = calibration.groups.map(({ threshold, rank, count }, i) => {
    const scores = tensors.get(`calibration.${i}`)?.data
    if (!(scores instanceof Float64Array) || scores.length !== count || scores[rank - 1] !== threshold) {
      throw new InvalidFileError(file, `does not hold the ${count} calibration scores of group ${i}`)
    }
    return { threshold, rank, scores }
  })
  return { ...calibration, groups }
}

async function readTraining(
  directory: string,
  { training }: DetectorManifest,
  tensors: StateDict,
): Promise<TrainingRecord | null> {
  if (!training) return null
  const labels = tensors.get('training.labels')?.data
  if (!(labels instanceof Int32Array) || labels.length !== training.count) {
    throw new InvalidFileError(
      join(directory, 'state.safetensors'),
      `does not hold the labels of ${training.count} images`,
    )
  }
  const names = training.names
    ? (JSON.parse(await readFile(join(directory, training.names), 'utf8')) as string[])
    : null
  return { labels, names }
}
