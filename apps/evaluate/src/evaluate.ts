import { InvalidOptionError, ModeOodError, type Score } from '@mode-ood/core'
import { averageMetrics } from '@mode-ood/metrics'
import { publishedTables, rankScores, scoreLabels, type Results } from '@mode-ood/report'
import { blameFile, type Progress } from '@mode-ood/command'
import { accuracy } from './accuracy.ts'
import type { LoadedConfiguration } from './configuration.ts'
import type { SetConfiguration } from './configuration-schema.ts'
import { describeEnvironment } from './environment.ts'
import type { FeatureOrigin } from './feature-origin.ts'
import type { Features } from './features.ts'
import { leaveOutUnserved } from './leave-out-unserved.ts'
import { measure } from './measure.ts'
import { openNetwork } from './open-network.ts'
import { openOwnOutputs } from './own-outputs/open-own-outputs.ts'
import { refuseWithoutOutputs } from './refuse-without-outputs.ts'
import { scoreFeatures, type ScoredSets } from './score-features.ts'
import { setsOfRun, type NamedSet } from './sets-of-run.ts'
import { createStopwatch } from './stopwatch.ts'
import { warningsOf } from './warnings-of.ts'

export interface EvaluateOptions {
  readonly scores: readonly Score[]
  /** Whether scores that the model or the data cannot serve are left out with a note; they are an error unless given. */
  readonly leaveOut?: boolean | undefined
  /** Whether tables of papers are put beside the results. */
  readonly published?: boolean | undefined
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
  const { configuration } = loaded
  const { progress } = options
  let { scores } = options
  const notes: string[] = []
  const stopwatch = createStopwatch()

  const origin = await blameFile(loaded.file, () => openOrigin(loaded, options))
  stopwatch.lap('open model')
  let sets: EvaluatedSets
  const hashes = new Map<Features['dataset'], string>()
  try {
    if (options.leaveOut) {
      const served = leaveOutUnserved({ model: origin, hasTraining: configuration.id.train !== undefined }, scores)
      scores = served.scores
      notes.push(...served.notes)
    }
    refuseWithoutOutputs(loaded.file, origin, scores)
    const named = await blameFile(loaded.file, async () => setsOfRun(loaded, scores))
    await blameFile(loaded.file, () => origin.prepare(named))
    const needs = new Set([...(origin.classes > 0 ? ['logits'] : []), ...scores.flatMap((score) => score.needs)])
    const features: Features[] = []
    for (const set of named) {
      const found = await origin.featuresOf(set, needs)
      features.push(found)
      hashes.set(found.dataset, await found.dataset.contentHash())
      stopwatch.lap(`features of ${set.name}`)
    }
    const shiftIf = (name: string) => (features[0]!.dataset.name === name ? features.shift()! : null)
    const [train, validation] = [shiftIf('id.train'), shiftIf('id.validation')]
    const [id, ...ood] = features
    sets = { train, validation, id: id!, ood }
  } finally {
    await origin.close()
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
  const plain: Results = {
    schemaVersion: 1,
    createdAt: new Date().toISOString(),
    idAccuracy,
    model: await origin.summary(),
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
  const rankings = all.length > 0 ? rankScores(plain, { scores: scored }) : []
  const published = options.published ? { published: publishedTables } : {}
  stopwatch.lap('rankings')
  return { results: { ...plain, rankings, ...published, timings: stopwatch.seconds() }, scored, sets }
}

async function openOrigin(
  { configuration, directory }: LoadedConfiguration,
  options: EvaluateOptions,
): Promise<FeatureOrigin> {
  const { model, id, ood } = configuration
  const named = Object.entries(id).flatMap(([name, config]) => (config ? [{ name: `id.${name}`, config }] : []))
  const others = ood.map(({ name, group: _, ...config }) => ({ name, config: config as SetConfiguration }))
  const sets: NamedSet[] = [...named, ...others]
  if ('outputs' in model) return openOwnOutputs(model, sets, { directory, limit: options.limit })
  const own = sets.find(({ config }) => config.format === 'outputs')
  if (!own) return openNetwork(model, directory, options)
  throw new InvalidOptionError(
    `set "${own.name}" is of the format outputs, which goes with "model.outputs"; a network takes images`,
  )
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
