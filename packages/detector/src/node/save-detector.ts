import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { encodeState, InvalidFileError, InvalidInputError, type StateArray, type Tensor } from '@mode-ood/core'
import type { OpenModelOptions } from '@mode-ood/inference'
import { writeSafetensors } from '@mode-ood/safetensors'
import type { Detector } from '../detector.ts'
import { checkDetectorPlace } from './check-detector-place.ts'
import { copyModel } from './copy-model.ts'
import { detectorFormat, manifestName, type DetectorManifest } from './detector-manifest.ts'
import { hashFile } from './hash-file.ts'

export interface SaveDetectorOptions {
  /** What the model was opened with: its file becomes part of the detector. Left out for a detector without model. */
  readonly model?: OpenModelOptions | undefined
  /** The file of a score of one's own, which must be one file: it becomes part of the detector. */
  readonly scoreModule?: string | undefined
  /** Told of the directory that is written to before it takes its place, for whoever must remove it when interrupted. */
  readonly onTemporary?: ((directory: string) => void) | undefined
  /** Looks at the detector in that directory; where it throws, nothing is replaced. */
  readonly check?: ((directory: string) => Promise<void>) | undefined
  /** Versions to record. */
  readonly versions?: Readonly<Record<string, string>> | undefined
}

/**
 * Writes a detector with all it needs as a directory, which is there whole or not at all; one that holds a detector and nothing else
 * is replaced.
 *
 * Plain files: detector.json, state.safetensors (what the score has learnt, calibration scores, labels), the model's file, a folder a
 * feature bank. The manifest names every file with its SHA-256.
 *
 * @throws InvalidFileError when the directory holds something else or cannot be written.
 */
export async function saveDetector(
  directory: string,
  detector: Detector,
  options: SaveDetectorOptions = {},
): Promise<void> {
  if (detector.parts.model && !options.model) {
    throw new InvalidInputError(
      'saveDetector needs the options the model was opened with: its file is part of the detector',
    )
  }
  const target = resolve(directory)
  const beside = `${target}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`
  await checkDetectorPlace(directory)
  options.onTemporary?.(beside)
  try {
    await mkdir(beside, { recursive: true })
    await writeParts(beside, detector, options)
    await options.check?.(beside)
    // Files may have come while it was written.
    await checkDetectorPlace(directory)
    replace(beside, target)
  } catch (error) {
    await rm(beside, { recursive: true, force: true })
    const { code, message } = error as NodeJS.ErrnoException
    if (!code) throw error
    throw new InvalidFileError(directory, `the detector cannot be written: ${message}`, { cause: error })
  }
}

async function writeParts(directory: string, detector: Detector, options: SaveDetectorOptions): Promise<void> {
  const { score, fitted, model, preprocessing, training, calibration } = detector.parts
  const { json, arrays, banks } = encodeState(fitted.state)
  const tensors = new Map<string, Tensor>([...arrays].map(([name, array]) => [name, toTensor(array)]))
  for (const [i, group] of calibration.groups.entries()) tensors.set(`calibration.${i}`, toTensor(group.scores))
  if (training) tensors.set('training.labels', toTensor(training.labels))
  await writeFile(join(directory, 'state.safetensors'), writeSafetensors(tensors))

  const folders = [...banks].map(([place, bank], i) => ({ place, bank, folder: `bank-${i}` }))
  for (const { bank, folder } of folders) await bank.save(join(directory, folder))
  const names = training?.names ? 'training.json' : null
  if (names) await writeFile(join(directory, names), JSON.stringify(training!.names))
  const { scoreModule, versions = {} } = options
  const module = scoreModule === undefined ? null : `score/${basename(scoreModule)}`
  if (module) {
    await mkdir(join(directory, 'score'))
    await copyFile(scoreModule!, join(directory, module))
  }
  const manifest: DetectorManifest = {
    format: detectorFormat,
    versions: { node: process.versions.node, ...versions },
    model: model && {
      open: await copyModel(options.model!, directory),
      ...model.inputSize,
      channels: 3,
      classes: model.classes,
    },
    preprocessing: preprocessing && { ...preprocessing, mean: [...preprocessing.mean], std: [...preprocessing.std] },
    score: { name: score.name, options: { ...score.options }, module },
    state: json,
    banks: Object.fromEntries(folders.map(({ place, folder }) => [place, folder])),
    calibration: {
      ...calibration,
      groups: calibration.groups.map(({ threshold, rank, scores }) => ({ threshold, rank, count: scores.length })),
    },
    training: training && { count: training.labels.length, names },
    files: await hashAll(directory),
  }
  await writeFile(join(directory, manifestName), `${JSON.stringify(manifest, null, 2)}\n`)
}

function toTensor(data: StateArray): Tensor {
  const shape = [data.length]
  if (data instanceof Float32Array) return { dtype: 'F32', shape, data }
  if (data instanceof Float64Array) return { dtype: 'F64', shape, data }
  return data instanceof Int32Array ? { dtype: 'I32', shape, data } : { dtype: 'U8', shape, data }
}

async function hashAll(directory: string): Promise<DetectorManifest['files']> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(directory.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
  const files: DetectorManifest['files'] = {}
  for (const path of paths) files[path] = await hashFile(join(directory, path))
  return files
}

/** Without a pause between the two, so that an interruption finds the old one or the new one there. */
function replace(beside: string, target: string): void {
  const old = `${beside}.old`
  mkdirSync(dirname(target), { recursive: true })
  const isThere = existsSync(target)
  if (isThere) renameSync(target, old)
  try {
    renameSync(beside, target)
  } catch (error) {
    if (isThere) renameSync(old, target)
    throw error
  }
  rmSync(old, { recursive: true, force: true })
}
