import { join } from 'node:path'
import { type Progress, writeWhole } from '@mode-ood/command'
import type { StateDict } from '@mode-ood/core'
import { augmentedBatches, type Augmenter, type AugmentedBatch, type ImageSource } from '@mode-ood/data'
import { type Results, type StepsRecord, type TrainingRecord } from '@mode-ood/report'
import { writeSafetensors } from '@mode-ood/safetensors'
import { modelTensors, type Trainer, viewsOfLoss } from '@mode-ood/training'
import { writeCheckpoint } from './checkpoint-files.ts'
import type { TrainingConfiguration } from './configuration-schema.ts'
import { describeLoss } from './describe-loss.ts'
import { epochOrder } from './epoch-order.ts'
import type { EvaluateNetwork } from './evaluate-network.ts'
import type { MetricsLog } from './metrics-log.ts'
import type { RunIdentity } from './run-identity.ts'
import { learningRate } from './schedule/learning-rate.ts'
import { stepAhead } from './step-ahead.ts'
import { gatherSteps } from './step-averages.ts'
import type { BestEpoch, TrainingPosition } from './training-position.ts'

/** Everything a training works with. */
export interface TrainingRun {
  readonly configuration: TrainingConfiguration
  /** Those that fill a batch; the images left over have their turn in other epochs, since every epoch has its own order. */
  readonly stepsPerEpoch: number
  readonly trainer: Trainer
  readonly source: ImageSource
  readonly augmenter: Augmenter
  readonly identity: RunIdentity
  readonly log: MetricsLog
  readonly evaluateNetwork: EvaluateNetwork | null
  /** Where the model is written, for inference and evaluation. */
  readonly modelFile: string
  readonly modelMetadata: Readonly<Record<string, string>>
  readonly checkpoints: string
  readonly progress: Progress
  /** Aborted when the training is to save and leave. */
  readonly stopping: AbortSignal
  /** Called after every checkpoint with all records so far. */
  readonly onSaved: (records: readonly TrainingRecord[]) => Promise<void>
}

/** A long epoch is saved in between, every so many milliseconds. */
const longestUnsavedMs = 600_000
/** Records of steps an epoch. */
const recordsPerEpoch = 20

/**
 * Trains from `position` to the last epoch, or until it is told to stop; either way the last thing it does is a checkpoint. What comes
 * out is the same bits wherever it was stopped: a stretch between two checkpoints begins from nothing but a position and a state.
 */
export async function train(run: TrainingRun, begin: TrainingPosition): Promise<TrainingPosition> {
  const { configuration, stepsPerEpoch, trainer, identity, checkpoints, stopping } = run
  let position = begin
  while (position.step < configuration.epochs * stepsPerEpoch && !stopping.aborted) {
    const epoch = Math.floor(position.step / stepsPerEpoch)
    position = await trainStretch(run, position, epoch)
    const state = await trainer.state()
    await writeModel(run, state, position.step)
    if (position.step === (epoch + 1) * stepsPerEpoch) position = await endEpoch(run, state, position, epoch)
    await writeCheckpoint(checkpoints, { state, position, identity, engine: trainer.description })
    await run.onSaved(run.log.records)
  }
  return position
}

/** Trains to the end of the epoch, or until it is time to save. */
async function trainStretch(run: TrainingRun, begin: TrainingPosition, epoch: number): Promise<TrainingPosition> {
  const { configuration, stepsPerEpoch, trainer, source, augmenter, log, progress, stopping } = run
  const { batchSize, seed, schedule, epochs, optimizer } = configuration
  const began = performance.now()
  const isTimeToSave = () => stopping.aborted || performance.now() - began > longestUnsavedMs

  const done = begin.step - epoch * stepsPerEpoch
  const order = epochOrder(source.count, seed, epoch).subarray(done * batchSize)
  const batches = augmentedBatches(source, augmenter, { order, batchSize, epoch })
  const lossViews = viewsOfLoss(configuration.loss)
  let asked = begin.step
  const nextRate = () => optimizer.learningRate * learningRate(asked++, schedule, { epochs, stepsPerEpoch })

  const recordEvery = Math.max(1, Math.floor(stepsPerEpoch / recordsPerEpoch))
  const gathered = gatherSteps()
  let { step } = begin
  let { sum, steps } = begin.epochLoss
  let recordedAt = began
  const record = async () => {
    const { steps: count, ...averages } = gathered.take()
    const now = performance.now()
    const imagesPerSecond = Math.round((count * batchSize * 1000) / (now - recordedAt))
    recordedAt = now
    const made: StepsRecord = { kind: 'steps', epoch, step, ...averages, imagesPerSecond }
    await log.append(made)
    progress.advance(0, describeLoss(made))
  }

  for await (const result of stepAhead(trainer, until(isTimeToSave, batches), { lossViews, nextRate })) {
    step++
    steps++
    sum += result.loss
    gathered.add(result)
    progress.advance(batchSize)
    if (step % recordEvery === 0) await record()
  }
  if (gathered.steps > 0) await record()
  return { ...begin, step, epochLoss: { sum, steps } }
}

/** Batches until there is a reason to pause; what was prepared beyond is thrown away and made again. */
async function* until(isTime: () => boolean, batches: AsyncIterable<AugmentedBatch>): AsyncGenerator<AugmentedBatch> {
  for await (const batch of batches) {
    yield batch
    if (isTime()) return
  }
}

/** Evaluates where it is time to, keeps the best, tells how the epoch went. */
async function endEpoch(
  run: TrainingRun,
  state: StateDict,
  position: TrainingPosition,
  epoch: number,
): Promise<TrainingPosition> {
  const { configuration, evaluateNetwork, log, progress, modelFile } = run
  const { epochs, evaluateEvery = epochs } = configuration
  const { step } = position
  const loss = position.epochLoss.sum / position.epochLoss.steps
  let results: Results | null = null
  if (evaluateNetwork && ((epoch + 1) % evaluateEvery === 0 || epoch + 1 === epochs)) {
    progress.advance(0, 'evaluating')
    results = await evaluateNetwork(modelFile)
    const { idAccuracy, scores } = results
    await log.append({ kind: 'evaluation', epoch, step, idAccuracy, scores })
  }
  const best = bestOf(
    position.best,
    evaluateNetwork ? accuracyOf(results, epoch) : { measure: 'loss', value: loss, epoch },
  )
  if (best !== position.best) await writeModel(run, state, step, join(run.checkpoints, 'best.safetensors'))
  progress.say(`  epoch ${epoch + 1} of ${epochs}: ${epochLine(run, loss, results)}`)
  return { step, epochLoss: { sum: 0, steps: 0 }, best }
}

function accuracyOf(results: Results | null, epoch: number): BestEpoch | null {
  const value = results?.idAccuracy ?? null
  return value === null ? null : { measure: 'accuracy', value, epoch }
}

function bestOf(best: BestEpoch | null, now: BestEpoch | null): BestEpoch | null {
  if (!best || !now) return best ?? now
  const isBetter = now.measure === 'accuracy' ? now.value > best.value : now.value < best.value
  return isBetter ? now : best
}

function epochLine({ log }: TrainingRun, loss: number, results: Results | null): string {
  const last = log.records.findLast((record): record is StepsRecord => record.kind === 'steps')!
  const accuracy = results?.idAccuracy ?? null
  const told = accuracy === null ? '' : `, accuracy ${(100 * accuracy).toFixed(2)} %`
  return `loss ${loss.toFixed(4)}, learning rate ${Number(last.learningRate.toPrecision(3))}, ${last.imagesPerSecond} images/s${told}`
}

/** The network alone, as inference and evaluation open it. */
async function writeModel(
  run: TrainingRun,
  state: StateDict,
  step: number,
  file: string = run.modelFile,
): Promise<void> {
  await writeWhole(file, writeSafetensors(modelTensors(state), { ...run.modelMetadata, step: String(step) }))
}
