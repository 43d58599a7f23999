/** ALPA as loops over float64 arrays, straight from its definition: an oracle that shares nothing with the package. */
export interface Problem {
  /** [image][position][channel] */
  readonly map: readonly (readonly (readonly number[])[])[]
  /** query w1, w2, key w1, w2, value w1, w2, each [in][out] */
  readonly matrices: readonly (readonly (readonly number[])[])[]
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
const times = (row: readonly number[], matrix: readonly (readonly number[])[]) =>
  matrix[0]!.map((_, column) => row.reduce((sum, value, i) => sum + value * matrix[i]![column]!, 0))
const project = (row: readonly number[], w1: readonly (readonly number[])[], w2: readonly (readonly number[])[]) =>
  times(
    times(row, w1).map((value) => Math.max(0, value)),
    w2,
  )
const logSumExp = (values: readonly number[]) => {
  const largest = Math.max(...values)
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0))
}

const aggregations: Readonly<Record<string, (cosines: readonly number[]) => number>> = {
  mean: (cosines) => cosines.reduce((sum, value) => sum + value, 0) / cosines.length,
  sum: (cosines) => cosines.reduce((sum, value) => sum + value, 0),
  max: (cosines) => Math.max(...cosines),
  logsum: (cosines) => logSumExp(cosines.map((value) => 6 * value)) / 6,
}

export function similarity({ map, matrices }: Problem, aggregation: string): number[][] {
  const [q1, q2, k1, k2, v1, v2] = matrices as [number[][], number[][], number[][], number[][], number[][], number[][]]
  const all = (w1: number[][], w2: number[][]) => map.map((image) => image.map((row) => project(row, w1, w2)))
  const [q, k, v] = [all(q1, q2), all(k1, k2), all(v1, v2)]
  const cosine = (i: number, j: number, r: number) => {
    const scores = k[j]!.map((key) => dot(q[i]![r]!, key) / Math.sqrt(key.length))
    const normalizer = logSumExp(scores)
    const aligned = v[j]![0]!.map((_, c) =>
      scores.reduce((sum, score, s) => sum + Math.exp(score - normalizer) * v[j]![s]![c]!, 0),
    )
    const own = v[i]![r]!
    return dot(own, aligned) / Math.sqrt(dot(own, own) * dot(aligned, aligned))
  }
  return map.map((image, i) =>
    map.map((_, j) => aggregations[aggregation]!(image.map((__, r) => cosine(i, j, r) + cosine(j, i, r)))),
  )
}

/** `labels` of all views. */
export function alpa(problem: Problem, labels: readonly number[], aggregation: string, temperature: number): number {
  const logits = similarity(problem, aggregation).map((row) => row.map((value) => value * temperature))
  const terms = logits.map((row, i) => {
    const others = row.map((_, a) => a).filter((a) => a !== i)
    const positives = others.filter((p) => labels[p] === labels[i])
    if (positives.length === 0) return 0
    const normalizer = logSumExp(others.map((a) => row[a]!))
    return positives.reduce((sum, p) => sum + row[p]! - normalizer, 0) / positives.length
  })
  return -terms.reduce((sum, term) => sum + term, 0) / terms.length
}
