/** A small problem for ALPA; all arrays are row-major float64. */
export interface AlpaProblem {
  readonly images: number
  readonly positions: number
  readonly channels: number
  readonly dimension: number
  /** [images], one a view. */
  readonly labels: readonly number[]
  readonly inverseTemperature: number
  readonly aggregation: 'mean' | 'sum' | 'max' | 'logsum'
  /** `map` [images, positions, channels]; `query.w1` [channels, channels], `query.w2` [channels, dimension], key and value. */
  readonly tensors: Readonly<Record<string, Float64Array>>
}

type Vector = readonly number[]

const dot = (a: Vector, b: Vector) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
const mean = (values: Vector) => values.reduce((sum, value) => sum + value, 0) / values.length
const logSumExp = (values: Vector) => {
  const largest = Math.max(...values)
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0))
}
const aggregate: Record<AlpaProblem['aggregation'], (values: Vector) => number> = {
  mean,
  sum: (values) => values.length * mean(values),
  max: (values) => Math.max(...values),
  logsum: (values) => logSumExp(values.map((value) => 6 * value)) / 6,
}

/**
 * ALPA's similarities and loss as loops over the definition, pair by pair and position by position: an oracle that shares nothing
 * with the closed form. Cosines with a zero vector are 0.
 */
export function alpaByDefinition(problem: AlpaProblem): { similarity: number[][]; loss: number } {
  const { images, labels, inverseTemperature } = problem
  const cosines = spatialCosines(problem)
  const all = Array.from({ length: images }, (_, i) => i)
  const similarity = all.map((i) =>
    all.map((j) => aggregate[problem.aggregation](cosines[i]![j]!.map((cosine, r) => cosine + cosines[j]![i]![r]!))),
  )
  const terms = all.map((i) => {
    const logits = similarity[i]!.map((value) => inverseTemperature * value)
    const others = all.filter((a) => a !== i)
    const positives = others.filter((p) => labels[p] === labels[i])
    if (positives.length === 0) return 0
    return mean(positives.map((p) => logits[p]!)) - logSumExp(others.map((a) => logits[a]!))
  })
  return { similarity, loss: -mean(terms) }
}

/** [asking image][answering image][asking position] */
function spatialCosines(problem: AlpaProblem): number[][][] {
  const { dimension } = problem
  const [queries, keys, values] = ['query', 'key', 'value'].map((role) => project(problem, role))
  const cosine = (value: Vector, aligned: Vector) => {
    const norms = [value, aligned].map((vector) => Math.sqrt(dot(vector, vector)))
    return Math.min(...norms) < 1e-8 ? 0 : dot(value, aligned) / (norms[0]! * norms[1]!)
  }
  return queries!.map((asking, i) =>
    keys!.map((answering, j) =>
      asking.map((query, r) => {
        const logits = answering.map((key) => dot(query, key) / Math.sqrt(dimension))
        const normalizer = logSumExp(logits)
        const weights = logits.map((logit) => Math.exp(logit - normalizer))
        const aligned = values![j]!.reduce<number[]>(
          (sum, value, s) => sum.map((total, c) => total + weights[s]! * value[c]!),
          Array<number>(dimension).fill(0),
        )
        return cosine(values![i]![r]!, aligned)
      }),
    ),
  )
}

/** [image][position] → vector of `dimension`. */
function project({ images, positions, channels, dimension, tensors }: AlpaProblem, role: string): number[][][] {
  const linear = (vector: Vector, weights: Float64Array, outputs: number) =>
    Array.from({ length: outputs }, (_, o) =>
      vector.reduce((sum, value, c) => sum + value * weights[c * outputs + o]!, 0),
    )
  return Array.from({ length: images }, (_, n) =>
    Array.from({ length: positions }, (__, r) => {
      const start = (n * positions + r) * channels
      const feature = [...tensors['map']!.subarray(start, start + channels)]
      const hidden = linear(feature, tensors[`${role}.w1`]!, channels).map((value) => Math.max(value, 0))
      return linear(hidden, tensors[`${role}.w2`]!, dimension)
    }),
  )
}

/** Central differences of what `measure` makes of a problem (its loss) by every element of every tensor. */
export function alpaGradientsByDifferences(
  problem: AlpaProblem,
  measure: (problem: AlpaProblem) => number = (given) => alpaByDefinition(given).loss,
): Record<string, Float64Array> {
  const step = 1e-5
  const shifted = (name: string, at: number, by: number) => {
    const tensor = problem.tensors[name]!.map((value, i) => (i === at ? value + by : value))
    return measure({ ...problem, tensors: { ...problem.tensors, [name]: tensor } })
  }
  return Object.fromEntries(
    Object.entries(problem.tensors).map(([name, tensor]) => [
      name,
      tensor.map((_, i) => (shifted(name, i, step) - shifted(name, i, -step)) / (2 * step)),
    ]),
  )
}
