/** The losses as loops over float64 arrays, straight from their formulas: an oracle that shares nothing with the package. */
export type Rows = readonly (readonly number[])[]

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const logSumExp = (values: readonly number[]) => {
  const largest = Math.max(...values)
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0))
}

export function supCon(z: Rows, labels: readonly number[], temperature: number, baseTemperature: number): number {
  const terms = z.map((anchor, i) => {
    const others = z.map((_, a) => a).filter((a) => a !== i)
    const positives = others.filter((p) => labels[p] === labels[i])
    if (positives.length === 0) return 0
    const logNormalizer = logSumExp(others.map((a) => dot(anchor, z[a]!) / temperature))
    return mean(positives.map((p) => dot(anchor, z[p]!) / temperature - logNormalizer))
  })
  return (-temperature / baseTemperature) * mean(terms)
}

export function crossEntropy(logits: Rows, labels: readonly number[], smoothing: number): number {
  return mean(
    logits.map((row, i) => {
      const target = row.map((_, c) => smoothing / row.length + (c === labels[i] ? 1 - smoothing : 0))
      return logSumExp(row) - dot(target, row)
    }),
  )
}

export function movedPrototypes(prototypes: Rows, z: Rows, labels: readonly number[], momentum: number): number[][] {
  const moved = prototypes.map((row) => [...row])
  for (const [i, vector] of z.entries()) {
    const sum = moved[labels[i]!]!.map((value, k) => momentum * value + (1 - momentum) * vector[k]!)
    const norm = Math.max(Math.sqrt(dot(sum, sum)), 1e-12)
    moved[labels[i]!] = sum.map((value) => value / norm)
  }
  return moved
}

export function dispersion(prototypes: Rows, temperature: number): number {
  return mean(
    prototypes.map((row, c) => {
      const others = prototypes.filter((_, j) => j !== c)
      return logSumExp(others.map((other) => dot(row, other) / temperature)) - Math.log(others.length)
    }),
  )
}

/** Central differences of a scalar of rows, laid end to end. */
export function centralDifferences(f: (rows: Rows) => number, rows: Rows): number[] {
  const step = 1e-5
  return rows.flatMap((row, i) =>
    row.map((_, k) => {
      const shifted = (by: number) => rows.map((r, j) => (j === i ? r.map((v, m) => (m === k ? v + by : v)) : r))
      return (f(shifted(step)) - f(shifted(-step))) / (2 * step)
    }),
  )
}
