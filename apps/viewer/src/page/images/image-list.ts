import type { Run } from '../data/load-run.ts'

/** Which images a grid shows. */
export interface ImageFilter {
  readonly label: string
  readonly threshold: number
  /** Position of an OOD set; -1 for ID, null for all. */
  readonly set: number | null
  readonly verdict: 'all' | 'mistakes' | 'id-rejected' | 'ood-accepted'
  readonly mostOodFirst: boolean
}

/** Images in the order of a grid: element i of the three arrays belongs together. */
export interface ImageList {
  /** Position among the OOD sets; -1 for ID. */
  readonly sets: Int32Array
  /** Row of the image in its set. */
  readonly rows: Int32Array
  readonly scores: Float64Array
}

/** All test images by one score, lowest first; equal ones in the order of their sets. */
export function rankImages(run: Run, label: string): ImageList {
  const { images } = run.scores.find((score) => score.label === label)!
  const sides = [images.id, ...run.results.ood.map(({ name }) => images.ood.get(name)!)]
  const total = sides.reduce((sum, { length }) => sum + length, 0)
  const [sets, rows, scores] = [new Int32Array(total), new Int32Array(total), new Float64Array(total)]
  let at = 0
  for (const [side, values] of sides.entries()) {
    for (let row = 0; row < values.length; row++, at++) {
      sets[at] = side - 1
      rows[at] = row
      scores[at] = values[row]!
    }
  }
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]! || a - b)
  return pick({ sets, rows, scores }, order)
}

/** The images of a ranked list that a filter lets through. */
export function filterImages(ranked: ImageList, filter: Omit<ImageFilter, 'label'>): ImageList {
  const { sets, scores } = ranked
  const chosen: number[] = []
  for (let i = 0; i < sets.length; i++) {
    const isId = sets[i]! < 0
    const isKept = scores[i]! >= filter.threshold
    const isWanted =
      filter.verdict === 'all' ||
      (isId !== isKept && (filter.verdict === 'mistakes' || isId === (filter.verdict === 'id-rejected')))
    if (isWanted && (filter.set === null || filter.set === sets[i])) chosen.push(i)
  }
  return pick(ranked, filter.mostOodFirst ? chosen : chosen.toReversed())
}

function pick({ sets, rows, scores }: ImageList, order: ArrayLike<number>): ImageList {
  return {
    sets: Int32Array.from(order, (i) => sets[i]!),
    rows: Int32Array.from(order, (i) => rows[i]!),
    scores: Float64Array.from(order, (i) => scores[i]!),
  }
}
