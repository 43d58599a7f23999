import { relative, resolve } from 'node:path'
import {
  blameFile,
  checkDirectory,
  type CommandContext,
  readConfiguration,
  type LoadedConfiguration,
} from '@mode-ood/command'
import { InvalidFileError, InvalidInputError, InvalidOptionError, type Score } from '@mode-ood/core'
import { openDataset, type Dataset, type DatasetConfig, type ResizeConfig } from '@mode-ood/data'
import { fitDetector, type Detector, type FittedDetector, type Preprocessing } from '@mode-ood/detector'
import { checkDetectorPlace, saveDetector } from '@mode-ood/detector/node'
import { createScore, modelOptions, refuseWithoutOutputs } from '@mode-ood/evaluate'
import { openModel, type Model } from '@mode-ood/inference'
import type { FitLine } from './command-line.ts'
import { configurationSchema, type DetectorConfiguration } from './configuration-schema.ts'
import { describeCalibration } from './describe-calibration.ts'
import { openSavedDetector } from './open-saved-detector.ts'
import { readTraining } from './read-training.ts'

type Loaded = LoadedConfiguration<DetectorConfiguration>

/** `detect fit`: learns, calibrates, saves, and opens what was saved to see that it judges the same. */
export async function fit(line: FitLine, { stdout, progress, removeAtEnd }: CommandContext): Promise<number> {
  if (line.config === null) throw new InvalidOptionError('--config FILE is missing; --help shows how to use it')
  if (line.output === null) throw new InvalidOptionError('--output DIR is missing: it says where the detector goes')
  const loaded = await readConfiguration(line.config, configurationSchema)
  const { configuration, directory, file } = loaded
  const trouble = await checkDirectory('--output', line.output)
  if (trouble) throw new InvalidOptionError(`--output ${line.output} cannot be written: ${trouble}`)
  await checkDetectorPlace(line.output)
  refuseInnerModule(file, configuration.score)
  const score = await blameFile(file, () => createScore(configuration.score, directory))
  const options = modelOptions(configuration.model, directory, line.threads)
  const model = (await blameFile(file, () => openModel(options))) as Model
  const { train, calibration } = await blameFile(file, () => openSets(loaded, model)).catch(async (error: unknown) => {
    await model.close()
    throw error
  })
  const fitted = await learn(model, { score, train, loaded, line, progress })
  try {
    const detector = await calibrateOn(calibration, fitted, loaded, progress)
    const { score: entry } = configuration
    const scoreModule =
      typeof entry === 'object' && 'module' in entry ? resolve(directory, String(entry.module)) : undefined
    await saveDetector(line.output, detector, {
      model: options,
      scoreModule,
      onTemporary: removeAtEnd,
      check: (place) => checkSaved(place, detector, { calibration, line }),
    })
    stdout.write(`${describeCalibration(detector)}\n`)
    stdout.write(`Detector: ${relative(process.cwd(), resolve(line.output)) || line.output}\n`)
    return 0
  } finally {
    await fitted.close()
  }
}

/** Which modules are inside a combined score is not kept in a detector, nor their files. */
function refuseInnerModule(file: string, entry: unknown): void {
  if (!isObject(entry) || !Array.isArray(entry['combine'])) return
  for (const inner of entry['combine']) {
    if (isObject(inner) && 'module' in inner) {
      throw new InvalidFileError(
        file,
        `"score.combine" holds the module ${String(inner['module'])}, but a detector keeps combined scores that are known by name only: give the module as "score" itself`,
      )
    }
    refuseInnerModule(file, inner)
  }
}

const isObject = (entry: unknown): entry is Record<string, unknown> => typeof entry === 'object' && entry !== null

interface Learning {
  readonly score: Score
  readonly train: Dataset
  readonly loaded: Loaded
  readonly line: FitLine
  readonly progress: CommandContext['progress']
}

async function learn(model: Model, { score, train, loaded, line, progress }: Learning): Promise<FittedDetector> {
  try {
    refuseWithoutOutputs(loaded.file, model, [score])
    return await fitDetector({
      model,
      score,
      preprocessing: preprocessingOf(loaded.configuration),
      training: readTraining(train, model.classes, line.limit, progress),
    })
  } catch (error) {
    await model.close()
    throw error
  }
}

/** The resizing of the calibration images: what the threshold holds for. */
function preprocessingOf({ model: { mean, std }, id }: DetectorConfiguration): Preprocessing {
  const { resize, resizeTo, interpolation } = id.calibration as ResizeConfig
  return {
    mean,
    std,
    ...(resize !== undefined && { resize }),
    ...(resizeTo !== undefined && { resizeTo }),
    ...(interpolation !== undefined && { interpolation }),
  }
}

async function openSets(
  { configuration, directory, file }: Loaded,
  { inputSize: { height, width } }: Model,
): Promise<{ train: Dataset; calibration: Dataset }> {
  if (height !== width)
    throw new InvalidInputError(`the model takes ${height} x ${width} images, and only squares are read`)
  const open = (config: DatasetConfig, name: string) =>
    openDataset(config, { name, baseDirectory: directory, imageSize: height, checkLabels: name === 'id.train' })
  const train = await open(configuration.id.train, 'id.train')
  const calibration = await open(configuration.id.calibration, 'id.calibration')
  if ((await train.contentHash()) === (await calibration.contentHash())) {
    throw new InvalidFileError(
      file,
      '"id.calibration" holds the very images of "id.train": a threshold from images that were learnt from promises nothing',
    )
  }
  return { train, calibration }
}

async function calibrateOn(
  set: Dataset,
  fitted: FittedDetector,
  { configuration, file }: Loaded,
  progress: CommandContext['progress'],
): Promise<Detector> {
  progress.start('calibration', set.count)
  const scores = new Float64Array(set.count)
  const predictions = new Int32Array(set.count)
  let done = 0
  for await (const batch of set.batches({ batchSize: 256 })) {
    const measured = await fitted.measure(batch)
    scores.set(measured.scores, done)
    predictions.set(measured.predictions ?? [], done)
    done += batch.count
    progress.advance(batch.count)
  }
  progress.finish(`${done} images`)
  const { falseAlarmRate, confidence, thresholdByClass } = configuration
  try {
    return fitted.calibrate(scores, {
      falseAlarmRate,
      confidence,
      ...(thresholdByClass && { predictions }),
    })
  } catch (error) {
    if (error instanceof InvalidInputError) throw new InvalidFileError(file, error.message, { cause: error })
    throw error
  }
}

interface Checking {
  readonly calibration: Dataset
  readonly line: FitLine
}

/**
 * What was saved must judge as what was fitted: a score module may turn out not to stand alone. With as many threads the batch is split
 * as before, so that scores are equal to the bit.
 */
async function checkSaved(directory: string, fitted: Detector, { calibration, line }: Checking): Promise<void> {
  const opened = await openSavedDetector(directory, line.threads, line.output!)
  try {
    for await (const batch of calibration.batches({ batchSize: 8, limit: 8 })) {
      const [expected, found] = [await fitted.measure(batch), await opened.measure(batch)]
      if (expected.scores.every((score, i) => score === found.scores[i])) continue
      throw new InvalidFileError(line.output!, 'the saved detector scores otherwise than the one that was fitted')
    }
  } finally {
    await opened.close()
  }
}
