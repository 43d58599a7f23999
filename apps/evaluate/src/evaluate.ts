import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, resolve } from 'node:path'
import { InvalidFileError, InvalidOptionError, type Score } from '@mode-ood/core'
import { openDataset, type Dataset } from '@mode-ood/data'
import { openModel, type Model } from '@mode-ood/inference'
import { averageMetrics } from '@mode-ood/metrics'
import { scoreLabels, type Results } from '@mode-ood/report'
import { blameFile } from '@mode-ood/command'
import type { LoadedConfiguration } from './configuration.ts'
import type { ModelConfiguration, SetConfiguration } from './configuration-schema.ts'
import { describeEnvironment } from './environment.ts'
import { loadFeatures, type Features, type FeatureSource } from './features.ts'
import { measure } from './measure.ts'
import type { Progress } from '@mode-ood/command'
import { refuseWithoutOutputs } from './refuse-without-outputs.ts'
import type { StoredOutput } from './stored-output.ts'
import { accuracy, scoreFeatures, type ScoredSets } from './score-features.ts'

export interface EvaluateOptions {
  readonly scores: readonly Score[]
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
  readonly id: Features
  readonly ood: readonly Features[]
}

/** The main job: images → features → scores → metrics. */
export async function evaluate(loaded: LoadedConfiguration, options: EvaluateOptions): Promise<Evaluation> {
  const { configuration, directory } = loaded
  const { scores, progress } = options
  const stopwatch = createStopwatch()

  const model = await blameFile(loaded.file, () => openConfiguredModel(configuration.model, directory, options.threads))
  stopwatch.lap('open model')
  let sets: EvaluatedSets
  const hashes = new Map<Dataset, string>()
  try {
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
    const train = datasets[0]!.name === 'id.train' ? features.shift()! : null
    const [id, ...ood] = features
    sets = { train, id: id!, ood }
  } finally {
    await model.close()
  }

  const idAccuracy = await accuracy(sets.id)
  if (sets.train) await accuracy(sets.train)
  stopwatch.lap('accuracy')
  const labels = scoreLabels(scores)
  const scored = new Map<string, ScoredSets>()
  for (const [i, score] of scores.entries()) {
    const label = labels[i]!
    scored.set(label, await scoreFeatures(score, label, sets, progress))
    stopwatch.lap(`score ${label}`)
  }
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
      test: summary(sets.id, configuration.id.test),
    },
    ood: sets.ood.map((set, i) => ({ ...summary(set, configuration.ood[i]!), group: configuration.ood[i]!.group })),
    scores: measured,
    timings: stopwatch.seconds(),
    environment: await describeEnvironment(),
    warnings: warningsOf(sets, hashes, options.limit),
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
  const taken = ['id.train', 'id.test', ...names]
  const twice = names.find((name, i) => taken.indexOf(name) !== i + 2)
  if (twice !== undefined) throw new InvalidOptionError(`two sets are called "${twice}": give every set its own name`)
  const common = { baseDirectory: directory, imageSize, skipCorrupt }
  const open = (
    { name: _, group: __, ...config }: SetConfiguration & { name?: string; group?: string },
    name: string,
  ) => openDataset(config as SetConfiguration, { ...common, name, checkLabels: name.startsWith('id.') })
  const datasets: Dataset[] = []
  if (learning) datasets.push(await open(id.train!, 'id.train'))
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

function warningsOf(sets: EvaluatedSets, hashes: ReadonlyMap<Dataset, string>, limit: number | null): string[] {
  const warnings: string[] = []
  for (const set of [sets.train, sets.id, ...sets.ood]) {
    if (set && set.skipped.length > 0) {
      warnings.push(`${set.skipped.length} images of ${set.dataset.name} could not be decoded and were left out`)
    }
  }
  if (sets.train && !sets.train.dataset.labelled) {
    const taken = sets.train.classes > 0 ? 'the predicted class was taken' : 'all were taken for one class'
    warnings.push(`the training images have no labels: where a score learns by class, ${taken}`)
  }
  if (sets.id.classes === 0) warnings.push('the model has no classifier, so there is no accuracy')
  else if (!sets.id.dataset.labelled) warnings.push('the ID test images have no labels, so there is no accuracy')
  for (const { dataset } of sets.ood) {
    const twin = [sets.train, sets.id].find((set) => set && hashes.get(set.dataset) === hashes.get(dataset))
    if (twin) warnings.push(`${dataset.name} holds the very images of ${twin.dataset.name}`)
  }
  if (limit !== null) warnings.push(`at most ${limit} images of every set were used (--limit)`)
  return warnings
}

function createStopwatch(): { lap(stage: string): void; seconds(): Record<string, number> } {
  const began = performance.now()
  const laps: [string, number][] = []
  let last = began
  return {
    lap(stage) {
      const now = performance.now()
      laps.push([stage, (now - last) / 1000])
      last = now
    },
    seconds: () => ({ ...Object.fromEntries(laps), total: (performance.now() - began) / 1000 }),
  }
}
