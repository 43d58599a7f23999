import { join } from 'node:path'
import { backboneSpec } from '@mode-ood/backbones'
import { blameFile, type LoadedConfiguration, type Progress } from '@mode-ood/command'
import { openAugmenter, openImageSource } from '@mode-ood/data'
import { createTrainer, type Trainer } from '@mode-ood/training'
import { chooseViews } from './choose-views.ts'
import type { TrainingConfiguration } from './configuration-schema.ts'
import { prepareEvaluation } from './evaluate-network.ts'
import { findCheckpoint } from './find-checkpoint.ts'
import { openMetricsLog } from './metrics-log.ts'
import { openTrainingSet } from './open-training-set.ts'
import { runIdentity } from './run-identity.ts'
import { startNetwork } from './start-network.ts'
import { type TrainingRun } from './train.ts'
import { startPosition, type TrainingPosition } from './training-position.ts'
import { writePage } from './write-page.ts'

export interface OpenRunOptions {
  /** Of the model file and on the page. */
  readonly name: string
  readonly output: string
  readonly resume: boolean
  readonly stopping: AbortSignal
  readonly progress: Progress
  removeAtEnd(path: string): void
}

export interface OpenedRun {
  readonly run: TrainingRun
  readonly begin: TrainingPosition
  close(): Promise<void>
}

/** Training workers that one thread of augmentation serves. */
const workersServed = 8

/**
 * Opens everything a training needs, and finds what is wrong with it, before the first step.
 *
 * @throws InvalidFileError, InvalidOptionError or InvalidInputError in one sentence.
 */
export async function openRun(
  loaded: LoadedConfiguration<TrainingConfiguration>,
  options: OpenRunOptions,
): Promise<OpenedRun> {
  const { configuration, file } = loaded
  const { name, output, resume, stopping, progress, removeAtEnd } = options
  const { model, loss, seed, workers } = configuration
  const chosen = chooseViews(configuration, file)
  const network = await startNetwork(configuration, loaded)
  const hasClassifier = loss.name === 'ce' || loss.name === 'ce+alpa' || (network?.hasClassifier ?? false)
  const evaluateNetwork = await blameFile(file, () => prepareEvaluation(loaded, { hasClassifier, removeAtEnd }))
  const dataset = await blameFile(file, () => openTrainingSet(loaded))
  const identity = runIdentity(configuration, dataset.count)
  const checkpoints = join(output, 'checkpoints')
  const checkpoint = await findCheckpoint(checkpoints, { resume, identity, file: loaded.file, progress })

  progress.start('images', dataset.count)
  const source = await openImageSource(dataset, { onRead: (images) => progress.advance(images) })
  progress.finish(source.isHeld ? `${source.count} in memory` : `${source.count}, read from their files in every epoch`)
  if (network && !checkpoint) progress.say(`  ${network.coverage}`)
  const trainer = await openTrainer(configuration, checkpoint?.state ?? network?.state)
  progress.say(`  ${trainer.description}`)
  if (checkpoint && checkpoint.engine !== trainer.description) {
    progress.say(
      `  until here it was ${checkpoint.engine}: the last bits will differ from those of a run without a break`,
    )
  }

  const normalization = { mean: model.mean, std: model.std }
  const threads = Math.ceil(workers / workersServed)
  const augmenter = openAugmenter({ ...chosen, normalization, seed, threads })
  const begin = checkpoint?.position ?? startPosition
  const log = await openMetricsLog(join(output, 'metrics.jsonl'), begin.step)
  const stepsPerEpoch = Math.floor(source.count / configuration.batchSize)
  const modelMetadata = {
    architecture: model.architecture,
    ...(hasClassifier && { classes: String(model.classes) }),
    mean: JSON.stringify(model.mean),
    std: JSON.stringify(model.std),
    training: JSON.stringify(identity),
  }
  const run: TrainingRun = {
    ...{ configuration, stepsPerEpoch, trainer, source, augmenter, identity, log, evaluateNetwork },
    ...{ modelMetadata, checkpoints, progress, stopping },
    modelFile: join(output, `${name}.safetensors`),
    onSaved: (records) => {
      const { description: engine } = trainer
      const content = { name, configuration, chosen, engine, images: source.count, stepsPerEpoch, records }
      return writePage(join(output, 'training.html'), content, removeAtEnd)
    },
  }
  return { run, begin, close: async () => void (await Promise.all([augmenter.close(), trainer.close()])) }
}

function openTrainer(configuration: TrainingConfiguration, state: TrainerState): Promise<Trainer> {
  const { model, loss, optimizer, workers, seed } = configuration
  const { learningRate: _, ...rest } = optimizer
  const spec = backboneSpec(model.architecture)
  const { classes, frozenStages = 0 } = model
  const options = { spec, classes, loss, optimizer: rest, workers, seed, frozenStages }
  return createTrainer(state ? { ...options, state } : options)
}

type TrainerState = Parameters<typeof createTrainer>[0]['state']
