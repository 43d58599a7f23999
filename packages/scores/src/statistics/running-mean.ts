import { InvalidInputError, type Matrix } from '@mode-ood/core'

/** The mean of rows that come batch by batch. */
export interface RunningMean {
  add(rows: Matrix): void
  /** @throws InvalidInputError when no rows were added. */
  mean(): Float64Array
}

/** A running mean for the score called `name`, summed in float64. */
export function createRunningMean(name: string): RunningMean {
  let sums = new Float64Array()
  let count = 0
  return {
    add({ rows, columns, data }) {
      if (rows === 0) return
      if (count === 0) sums = new Float64Array(columns)
      for (let at = 0; at < data.length; at++) sums[at % columns]! += data[at]!
      count += rows
    },
    mean() {
      if (count > 0) return sums.map((sum) => sum / count)
      throw new InvalidInputError(`score "${name}" learns from training images, and there are none`)
    },
  }
}
