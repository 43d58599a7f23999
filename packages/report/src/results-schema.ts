import * as z from 'zod'
import type { Results } from './results.ts'

/** Sums of rounded terms may leave 0..1 by a few units in the last place. */
const slack = 1e-9
const fraction = z.number().refine((value) => value >= -slack && value <= 1 + slack, 'must lie between 0 and 1')
const seconds = z.number().nonnegative()

const dataset = z.object({
  name: z.string().min(1),
  count: z.int().nonnegative(),
  hash: z.string(),
  description: z.string(),
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
})

const group = z
  .string()
  .min(1)
  .refine((name) => name !== 'all', 'must not be "all", the name of the average over every set')

const metrics = z.object({
  auroc: fraction,
  auprId: fraction,
  auprOod: fraction,
  fpr95IdPositive: fraction,
  fpr95OodPositive: fraction,
  fpr95Paper: fraction,
  detectionError: fraction,
})

const set = metrics.extend({
  name: z.string().min(1),
  group,
  count: z.int().positive(),
  aurocInterval: z.tuple([fraction, fraction]).refine(([low, high]) => low <= high, 'must have its lower end first'),
})

const score = z.object({
  name: z.string().min(1),
  options: z.record(z.string(), z.unknown()),
  sets: z.array(set).min(1),
  averages: z.object({ all: metrics }).catchall(metrics),
})

const model = z.object({
  description: z.string(),
  hash: z.string(),
  classes: z.int().nonnegative(),
  inputSize: z.int().nonnegative(),
  mean: z.array(z.number()),
  std: z.array(z.number()),
})

const interval = (end: typeof fraction) => z.tuple([end, end])
const difference = z.number().refine((value) => Math.abs(value) <= 1 + slack, 'must lie between -1 and 1')

const ranking = z.object({
  set: z.string(),
  scores: z.array(
    z.object({
      label: z.string(),
      rank: z.int().positive(),
      auroc: fraction,
      aurocInterval: interval(fraction),
      behind: z
        .object({ difference, interval: interval(difference), pValue: fraction, adjustedPValue: fraction })
        .nullable(),
    }),
  ),
})

const published = z.object({
  title: z.string(),
  protocol: z.string(),
  rows: z.array(
    z.object({
      method: z.string(),
      source: z.string(),
      fpr95IdPositive: fraction,
      auroc: fraction,
      note: z.string().optional(),
    }),
  ),
})

const environment = z.object({
  modeOod: z.string(),
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  cores: z.int().positive(),
  onnxruntime: z.string(),
  commit: z.string().optional(),
})

/**
 * `results.json`, version 1. Beyond the types it asks that OOD sets have distinct names and that every score has a
 * result for each of them, in the same order. Unknown keys are dropped.
 */
export const resultsSchema: z.ZodType<Results> = z
  .object({
    schemaVersion: z.literal(1),
    createdAt: z.iso.datetime({ offset: true }),
    idAccuracy: fraction.nullable(),
    model,
    id: z.object({ train: dataset, test: dataset, validation: dataset.optional() }),
    ood: z.array(dataset.extend({ group })).min(1),
    scores: z.array(score).min(1),
    timings: z.record(z.string(), seconds),
    environment,
    rankings: z.array(ranking).optional(),
    published: z.array(published).optional(),
    warnings: z.array(z.string()),
  })
  .superRefine(({ ood, scores }, context) => {
    const names = ood.map(({ name }) => name)
    const repeated = names.find((name, i) => names.indexOf(name) !== i)
    if (repeated !== undefined) {
      context.addIssue({ code: 'custom', path: ['ood'], message: `has two sets named "${repeated}"` })
    }
    scores.forEach(({ sets }, i) => {
      const found = sets.map(({ name }) => name)
      if (found.length === names.length && found.every((name, j) => name === names[j])) return
      const message = `must list the sets of "ood" in their order (${names.join(', ')}), but lists ${found.join(', ')}`
      context.addIssue({ code: 'custom', path: ['scores', i, 'sets'], message })
    })
  })
