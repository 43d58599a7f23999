import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, resolve } from 'node:path'
import { InvalidFileError, InvalidOptionError, ModeOodError, type Score } from '@mode-ood/core'
import { openDataset, type Dataset } from '@mode-ood/data'
import { openModel, type Model } from '@mode-ood/inference'
import { averageMetrics } from '@mode-ood/metrics'
import { scoreLabels, type Results } from '@mode-ood/report'
import { blameFile } from '@mode-ood/command'
import { accuracy } from './accuracy.ts'
import type { LoadedConfiguration } from './configuration.ts'
import type { ModelConfiguration, SetConfiguration } from './configuration-schema.ts'
import { describeEnvironment } from './environment.ts'
import { loadFeatures, type Features, type FeatureSource } from './features.ts'
import { measure } from './measure.ts'
import type { Progress } from '@mode-ood/command'
import { leaveOutUnserved } from './leave-out-unserved.ts'
import { refuseWithoutOutputs } from './refuse-without-outputs.ts'
import { createStopwatch } from './stopwatch.ts'
import type { StoredOutput } from './stored-output.ts'
import { warningsOf } from './warnings-of.ts'
import { scoreFeatures, type ScoredSets } from './score-features.ts'

export interface EvaluateOptions {
  readonly scores: readonly Score[]
  /** Whether scores that the model or the data cannot serve are left out with a note; they are an error unless given. */
  readonly leaveOut?: boolean | undefined
  readonly limit: number | null
  readonly threads: number | null
  readonly cache: string | null
  readonly skipCorrupt: boolean
  readonly progress: Progress
  readonly removeAtEnd: (directory: string) => void
}

export interface Evaluation {
  readonly results: Results
  /** By the label of `scoreLabels(results.scores)`. */
  readonly scored: ReadonlyMap<string, ScoredSets>
  readonly sets: EvaluatedSets
}

export interface EvaluatedSets {
  readonly train: Features | null
  readonly validation: Features | null
  readonly id: Features
  readonly ood: readonly Features[]
}

/** The main job: images → features → scores → metrics. */
export async function evaluate(loaded: LoadedConfiguration, options: EvaluateOptions): Promise<Evaluation> {
  const { configuration, directory } = loaded
  const { progress } = options
  let { scores } = options
  const notes: string[] = []
  const stopwatch = createStopwatch()

  const model = await blameFile(loaded.file, () => openConfiguredModel(configuration.model, directory, options.threads))
  stopwatch.lap('open model')
  let sets: EvaluatedSets
  const hashes = new Map<Dataset, string>()
  try {
    if (options.leaveOut) {
      const served = leaveOutUnserved({ model, hasTraining: configuration.id.train !== undefined }, scores)
      scores = served.scores
      notes.push(...served.notes)
    }
    refuseWithoutOutputs(loaded.file, model, scores)
    const datasets = await blameFile(loaded.file, () =>
      openDatasets(loaded, scores, squareSize(model), options.skipCorrupt),
    )
    const source = await featureSource(model, configuration.model, directory, scores, options)
    const features: Features[] = []
    for (const dataset of datasets) {
      features.push(await loadFeatures(dataset, source))
      hashes.set(dataset, await dataset.contentHash())
      stopwatch.lap(`features of ${dataset.name}`)
    }
    const shiftIf = (name: string) => (features[0]!.dataset.name === name ? features.shift()! : null)
    const [train, validation] = [shiftIf('id.train'), shiftIf('id.validation')]
    const [id, ...ood] = features
    sets = { train, validation, id: id!, ood }
  } finally {
    await model.close()
  }

  const idAccuracy = await accuracy(sets.id)
  for (const set of [sets.train, sets.validation]) if (set) await accuracy(set)
  stopwatch.lap('accuracy')
  const all = await scoreFeatures(scores, sets, progress, (_, reason) => {
    if (!options.leaveOut || !(reason instanceof ModeOodError)) throw reason
    notes.push(`left out: ${reason.message}`)
  })
  const labels = scoreLabels(all.map(({ score }) => score))
  const scored = new Map(all.map((one, i) => [labels[i]!, one]))
  for (const [label, { id, ood, fitSeconds, scoreSeconds }] of scored) {
    stopwatch.take(`score ${label}`, fitSeconds + scoreSeconds)
    const images = [id, ...ood.values()].reduce((sum, { length }) => sum + length, 0)
    progress.say(
      `  ${label}: ${images} images (fitted in ${fitSeconds.toFixed(1)} s, scored in ${scoreSeconds.toFixed(1)} s)`,
    )
  }
  stopwatch.lap('read features')
  const groups = new Map(configuration.ood.map((set) => [set.name, set.group]))
  const measured = [...scored.values()].map((result) => measureScore(result, groups))
  stopwatch.lap('metrics')

  const summary = (features: Features, config: SetConfiguration) =>
    summarize(features, config, hashes.get(features.dataset)!)
  const results: Results = {
    schemaVersion: 1,
    createdAt: new Date().toISOString(),
    idAccuracy,
    model: await summarizeModel(configuration.model, directory, model),
    id: {
      train: sets.train
        ? summary(sets.train, configuration.id.train!)
        : { name: 'id.train', count: 0, hash: '', description: 'not needed by these scores', skipped: [] },
      ...(sets.validation && { validation: summary(sets.validation, configuration.id.validation!) }),
      test: summary(sets.id, configuration.id.test),
    },
    ood: sets.ood.map((set, i) => ({ ...summary(set, configuration.ood[i]!), group: configuration.ood[i]!.group })),
    scores: measured,
    timings: stopwatch.seconds(),
    environment: await describeEnvironment(),
    warnings: [...warningsOf(sets, scores, hashes, options.limit), ...notes],
  }
  return { results, scored, sets }
}

function openConfiguredModel(config: ModelConfiguration, directory: string, threads: number | null): Promise<Model> {
  const given = <T extends object>(values: T) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null))
  if ('architecture' in config) {
    const { architecture, classes, logits } = config
    return openModel({
      architecture,
      checkpoint: resolve(directory, config.checkpoint),
      ...given({ classes, logits, threads }),
    } as never)
  }
  const { logits, embedding, featureMap, inputSize } = config
  const onnx = resolve(directory, config.onnx)
  return openModel({ onnx, ...given({ logits, embedding, featureMap, inputSize, threads }) } as never)
}

/** Opens every set before the first image is run: a wrong path should not surface after an hour. */
async function openDatasets(
  { configuration, directory, file }: LoadedConfiguration,
  scores: readonly Score[],
  imageSize: number,
  skipCorrupt: boolean,
): Promise<Dataset[]> {
  const { id, ood } = configuration
  const learning = scores.find((score) => score.needsFit)
  if (learning && !id.train) {
    throw new InvalidFileError(file, `"id.train" is missing, and score "${learning.name}" learns from training images`)
  }
  const names = ood.map((set) => set.name)
  const taken = ['id.train', 'id.validation', 'id.test', ...names]
  const twice = names.find((name, i) => taken.indexOf(name) !== i + 3)
  if (twice !== undefined) throw new InvalidOptionError(`two sets are called "${twice}": give every set its own name`)
  const common = { baseDirectory: directory, imageSize, skipCorrupt }
  const open = (
    { name: _, group: __, ...config }: SetConfiguration & { name?: string; group?: string },
    name: string,
  ) => openDataset(config as SetConfiguration, { ...common, name, checkLabels: name.startsWith('id.') })
  const datasets: Dataset[] = []
  if (learning) datasets.push(await open(id.train!, 'id.train'))
  if (id.validation && scores.some(({ fitsOn }) => fitsOn === 'validation')) {
    datasets.push(await open(id.validation, 'id.validation'))
  }
  datasets.push(await open(id.test, 'id.test'))
  for (const set of ood) datasets.push(await open(set, set.name))
  return datasets
}

async function featureSource(
  model: Model,
  config: ModelConfiguration,
  directory: string,
  scores: readonly Score[],
  { limit, cache, skipCorrupt, progress, removeAtEnd }: EvaluateOptions,
): Promise<FeatureSource> {
  const needs = new Set<string>([...(model.classes > 0 ? ['logits'] : []), ...scores.flatMap((score) => score.needs)])
  const outputs = (['logits', 'embedding', 'views'] as const satisfies StoredOutput[]).filter((name) => needs.has(name))
  const { checkpoint: _, onnx: __, mean: ___, std: ____, ...graph } = { checkpoint: '', onnx: '', ...config }
  const { modeOod, onnxruntime } = await describeEnvironment()
  const file = await hashFile(resolve(directory, modelFile(config)))
  const modelHash = createHash('sha256')
    .update(JSON.stringify([file, graph, modeOod, onnxruntime]))
    .digest('hex')
  const { mean, std } = config
  return { model, modelHash, mean, std, outputs, limit, cache, skipCorrupt, progress, removeAtEnd }
}

function measureScore(
  { score, id, ood }: ScoredSets,
  groups: ReadonlyMap<string, 'near' | 'far'>,
): Results['scores'][number] {
  const sets = [...ood].map(([name, scores]) => ({
    name,
    group: groups.get(name)!,
    count: scores.length,
    ...measure(id, scores),
  }))
  const plain = sets.map(({ name: _, count: __, aurocInterval: ___, group, ...metrics }) => ({ group, metrics }))
  return { name: score.name, options: score.options, sets, averages: { ...averageMetrics(plain) } }
}

function summarize(features: Features, config: SetConfiguration, hash: string): Results['id']['test'] {
  const { format, ...rest } = { ...config } as Record<string, unknown> & { format: string }
  const details = Object.entries(rest).filter(([key, value]) => !['name', 'group'].includes(key) && value !== undefined)
  const description = [format, ...details.map(([key, value]) => `${key} ${[value].flat().join(', ')}`)].join(', ')
  return { name: features.dataset.name, count: features.count, hash, description, skipped: [...features.skipped] }
}

async function summarizeModel(config: ModelConfiguration, directory: string, model: Model): Promise<Results['model']> {
  const file = modelFile(config)
  const description = 'architecture' in config ? `${config.architecture}, ${basename(file)}` : basename(file)
  const hash = await hashFile(resolve(directory, file))
  return { description, hash, classes: model.classes, inputSize: squareSize(model), mean: config.mean, std: config.std }
}

/** Images are cut or squashed to squares, so the model must take them. */
function squareSize({ name, inputSize: { height, width } }: Model): number {
  if (height === width) return height
  throw new InvalidOptionError(
    `${name} takes images of ${height} x ${width} pixels, and only square inputs are supported`,
  )
}

const modelFile = (config: ModelConfiguration): string => ('checkpoint' in config ? config.checkpoint : config.onnx)

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
