import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvalidInputError, type Head, type ModelOutputs } from '@mode-ood/core'
import type { Dataset, SkippedImage } from '@mode-ood/data'
import type { Model } from '@mode-ood/inference'
import { extractFeatures } from './extract-features.ts'
import { createFeatureWriter, openFeatureFiles, type FeatureFiles, type FeatureTensors } from './feature-files.ts'
import type { Channels } from './configuration-schema.ts'
import type { Progress } from '@mode-ood/command'
import { spread } from './spread.ts'
import type { StoredOutput } from './stored-output.ts'
import { systemReason } from '@mode-ood/command'

/** What the model says about one set; gone through batch by batch, as often as needed. */
export interface Features {
  readonly dataset: Pick<Dataset, 'name' | 'labelled' | 'describe' | 'contentHash'>
  /** The images themselves, to show some; null where there are none. */
  readonly images: Dataset | null
  readonly count: number
  readonly skipped: readonly SkippedImage[]
  /** Of the model; 0 for one without classifier. */
  readonly classes: number
  /** Batches of outputs; `labels` are the model's own predictions where the set has none, zeros where it cannot predict. */
  batches(): AsyncIterable<FeatureBatch>
}

export type FeatureBatch = ModelOutputs & { readonly labels: Int32Array; readonly indices: Int32Array }

export interface FeatureSource {
  readonly model: Model
  /** SHA-256 of whatever decides the model's outputs beside the images. */
  readonly modelHash: string
  readonly mean: Channels
  readonly std: Channels
  readonly outputs: readonly StoredOutput[]
  readonly limit: number | null
  /** Null keeps nothing beyond the run. */
  readonly cache: string | null
  readonly skipCorrupt: boolean
  readonly progress: Progress
  /** Called with directories to remove when the run ends, however it ends. */
  readonly removeAtEnd: (directory: string) => void
}

/** The features of a set, from the cache when it holds them for exactly this model, these pixels and this selection. */
export async function loadFeatures(dataset: Dataset, source: FeatureSource): Promise<Features> {
  const { progress, limit, cache, outputs } = source
  const indices = limit === null || limit >= dataset.count ? null : spread(dataset.count, limit)
  const total = indices?.length ?? dataset.count
  progress.start(`features of ${dataset.name}`, total)
  const directory = await placeOf(dataset, source, indices)
  const kept = cache === null ? null : await openFeatureFiles(directory)
  // An image that was skipped then is an error now, unless skipping is allowed again.
  const isComplete = source.skipCorrupt || kept?.manifest.skipped.length === 0
  if (kept && isComplete && outputs.every((output) => kept.manifest.outputs.includes(output))) {
    progress.finish(`${kept.manifest.count} images, from the cache`)
    return toFeatures(dataset, kept, source.model)
  }
  const writer = createFeatureWriter(directory, (error) =>
    progress.say(`  features of ${dataset.name} are not kept: ${systemReason(error)}`),
  )
  source.removeAtEnd(writer.temporary)
  try {
    const checkedLabels = dataset.name.startsWith('id.')
    const wanted = [...new Set([...outputs, ...(kept?.manifest.outputs ?? [])])]
    const skipped = await extractFeatures(dataset, writer, { ...source, outputs: wanted, indices, checkedLabels })
    const files = await writer.commit(wanted, skipped)
    progress.finish(`${files.count} images${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`)
    return toFeatures(dataset, files, source.model)
  } catch (error) {
    await writer.discard()
    throw error
  }
}

async function placeOf(dataset: Dataset, source: FeatureSource, indices: readonly number[] | null): Promise<string> {
  if (source.cache === null) {
    const directory = join(
      tmpdir(),
      `mode-ood-${process.pid}-${dataset.name.replaceAll(/[^a-z0-9]/gi, '_').slice(0, 40)}`,
    )
    source.removeAtEnd(directory)
    await rm(directory, { recursive: true, force: true })
    return directory
  }
  const identity = { model: source.modelHash, mean: source.mean, std: source.std, limit: indices?.length ?? null }
  const hash = createHash('sha256')
    .update(JSON.stringify(identity))
    .update(await dataset.contentHash())
  return join(source.cache, hash.digest('hex').slice(0, 40))
}

function toFeatures(dataset: Dataset, files: FeatureFiles, { classes, head }: Model): Features {
  if (files.count === 0) throw new InvalidInputError(`the set "${dataset.name}" has no image that could be read`)
  return {
    dataset,
    images: dataset,
    count: files.count,
    skipped: files.manifest.skipped,
    classes,
    async *batches() {
      for await (const part of files.parts()) yield toBatch(part, head)
    },
  }
}

function toBatch(part: FeatureTensors, head: Head | undefined): FeatureBatch {
  const floats = (name: string) => part.get(name)?.data as Float32Array | undefined
  const shape = (name: string) => part.get(name)?.shape ?? []
  const matrix = (name: string) => {
    const data = floats(name)
    return data ? { rows: shape(name)[0]!, columns: shape(name)[1]!, data } : undefined
  }
  const [count = 0, views = 0, dimension = 0] = shape('views')
  const viewData = floats('views')
  const logits = matrix('logits')
  const labels = (part.get('labels')?.data as Int32Array | undefined) ?? (logits && argmaxRows(logits))
  return {
    head,
    logits,
    embedding: matrix('embedding'),
    views: viewData ? { count, views, dimension, data: viewData } : undefined,
    // Without labels and without a classifier all images are of one class: there is nothing to learn by.
    labels: labels ?? new Int32Array(part.get('indices')!.data.length),
    indices: part.get('indices')!.data,
  } as FeatureBatch
}

/** The class of the largest logit of every row; of equal ones the lowest. */
export function argmaxRows({ rows, columns, data }: { rows: number; columns: number; data: Float32Array }): Int32Array {
  const classes = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    let best = 0
    for (let c = 1; c < columns; c++) if (data[row * columns + c]! > data[row * columns + best]!) best = c
    classes[row] = best
  }
  return classes
}
