import { InvalidInputError, type TrainingData } from '@mode-ood/core'
import { toFloat64Rows } from './float64-rows.ts'
import { createScatter } from './scatter.ts'

/** First and second moments of labelled rows, taken about their first row so that little cancels. */
export interface Moments {
  readonly count: number
  readonly dimension: number
  readonly origin: Float64Array
  /** Rows of every class; 0 where a class has none. */
  readonly classCounts: readonly number[]
  /** Sums of x - origin over the rows of every class. */
  readonly classSums: readonly Float64Array[]
  /** Sum of (x - origin)(x - origin)ᵀ, [dimension, dimension]. */
  readonly scatter: Float64Array
}

/**
 * Collects moments of the training embeddings, or of these divided by their norms, in one pass.
 *
 * @throws InvalidInputError when there are no rows, or a label is negative or no whole number.
 */
export async function collectMoments(
  name: string,
  training: TrainingData<'embedding'>,
  form: 'raw' | 'unit',
): Promise<Moments> {
  const classCounts: number[] = []
  const classSums: Float64Array[] = []
  let origin: Float64Array | undefined
  let scatter: ReturnType<typeof createScatter> | undefined
  let count = 0
  for await (const { embedding, labels } of training) {
    const { rows, columns, data } = toFloat64Rows(embedding, form)
    if (rows === 0) continue
    origin ??= data.slice(0, columns)
    scatter ??= createScatter(columns)
    for (let row = 0; row < rows; row++) {
      const x = data.subarray(row * columns, (row + 1) * columns)
      for (let i = 0; i < columns; i++) x[i]! -= origin[i]!
      scatter.add(x)
      addToClass(name, labels[row]!, x, classCounts, classSums)
    }
    count += rows
  }
  if (!origin || !scatter)
    throw new InvalidInputError(`score "${name}" learns from training images, and there are none`)
  return { count, dimension: origin.length, origin, classCounts, classSums, scatter: scatter.sum() }
}

function addToClass(name: string, label: number, x: Float64Array, counts: number[], sums: Float64Array[]): void {
  if (!Number.isInteger(label) || label < 0) {
    throw new InvalidInputError(`score "${name}": a training image has the label ${label}, but classes count from 0`)
  }
  while (counts.length <= label) {
    counts.push(0)
    sums.push(new Float64Array(x.length))
  }
  counts[label]!++
  const sum = sums[label]!
  for (let i = 0; i < x.length; i++) sum[i]! += x[i]!
}

/** Mean of all rows. */
export function overallMean({ count, origin, classSums }: Moments): Float64Array {
  return origin.map((value, i) => value + classSums.reduce((sum, one) => sum + one[i]!, 0) / count)
}

/** Means of the classes that have rows, one a row, in the order of the classes. */
export function classMeans({ origin, dimension, classCounts, classSums }: Moments): Float64Array {
  const present = [...classCounts.keys()].filter((label) => classCounts[label]! > 0)
  const means = new Float64Array(present.length * dimension)
  for (const [row, label] of present.entries()) {
    const sum = classSums[label]!
    for (let i = 0; i < dimension; i++) means[row * dimension + i] = origin[i]! + sum[i]! / classCounts[label]!
  }
  return means
}

/** Covariance about the mean of all rows, divided by their number. */
export function totalCovariance({ count, dimension, classSums, scatter }: Moments): Float64Array {
  const sum = new Float64Array(dimension)
  for (const one of classSums) for (let i = 0; i < dimension; i++) sum[i]! += one[i]!
  return lessBetween(scatter, dimension, count, [[sum, count]])
}

/** Covariance about the mean of each row's class, pooled over the classes, divided by the number of rows. */
export function withinCovariance({ count, dimension, classCounts, classSums, scatter }: Moments): Float64Array {
  return lessBetween(
    scatter,
    dimension,
    count,
    classSums.map((sum, label) => [sum, classCounts[label]!]),
  )
}

/** (scatter - sum over groups of s sᵀ / n) / count. */
function lessBetween(
  scatter: Float64Array,
  dimension: number,
  count: number,
  groups: readonly (readonly [sum: Float64Array, count: number])[],
): Float64Array {
  const between = createScatter(dimension)
  for (const [sum, size] of groups) if (size > 0) between.add(sum, 1 / size)
  const part = between.sum()
  return scatter.map((value, i) => (value - part[i]!) / count)
}
