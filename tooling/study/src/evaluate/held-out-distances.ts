import { fillViewBanks, viewDistances } from '@mode-ood/csd'
import type { TrainingBatch, Views } from '@mode-ood/core'
import type { Evaluation } from '@mode-ood/evaluate'
import { k } from './decisions.ts'

type Training = NonNullable<Evaluation['sets']['train']>

/** Images of a class that are looked at: the first ones. */
const mostOfClass = 100

/**
 * How far the views of training images are from the bank when it lacks their class, [images · views]: OOD images to choose a decision
 * by that come from ID data alone. The network has seen the class, so they are not what real ones are.
 */
export async function heldOutDistances(train: Training, kind: 'shared' | 'per-view'): Promise<Float64Array> {
  const distances: number[] = []
  for (const label of await classesOf(train)) {
    const banks = await fillViewBanks(
      select(train, (one) => one !== label),
      kind,
    )
    let left = mostOfClass
    for await (const { views } of select(train, (one) => one === label && left-- > 0)) {
      distances.push(...(await viewDistances(banks, views, { k })))
    }
    for (const bank of 'bank' in banks ? [banks.bank] : banks.banks) await bank.close()
  }
  return Float64Array.from(distances)
}

async function classesOf(train: Training): Promise<Set<number>> {
  const classes = new Set<number>()
  for await (const { labels } of train.batches()) for (const label of labels) classes.add(label)
  return classes
}

/** The images whose label is wanted, in batches; each is asked for once, in order. */
async function* select(train: Training, isWanted: (label: number) => boolean): AsyncGenerator<TrainingBatch<'views'>> {
  for await (const { views, labels } of train.batches()) {
    const rows = [...labels.keys()].filter((row) => isWanted(labels[row]!))
    if (rows.length > 0) yield { views: rowsOf(views, rows), labels: Int32Array.from(rows, (row) => labels[row]!) }
  }
}

function rowsOf({ views, dimension, data }: Views, rows: readonly number[]): Views {
  const width = views * dimension
  const selected = new Float32Array(rows.length * width)
  for (const [to, from] of rows.entries()) selected.set(data.subarray(from * width, (from + 1) * width), to * width)
  return { count: rows.length, views, dimension, data: selected }
}
