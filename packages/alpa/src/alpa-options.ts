import { InvalidOptionError } from '@mode-ood/core'
import type { Aggregation } from './aggregation.ts'

export interface AlpaSimilarityOptions {
  /** How the cosines of positions become one number: `mean` by default. */
  readonly aggregation?: Aggregation
  /**
   * Maps with more positions are averaged down to this height and width first; left as they are by default. The cost is
   * (images · positions)², so an 8x8 map takes 16 times as long as a 4x4 one.
   */
  readonly grid?: number
  /**
   * Memory that intermediate tensors of pairs may take, in MiB: 256 by default. With less, more is computed twice; the result
   * is the same.
   */
  readonly workspaceMebibytes?: number
  /** Images that are compared with all others at once. By default as many as a processor's cache likes; GPUs like more. */
  readonly imagesAtOnce?: number
}

export interface AlpaLossOptions extends AlpaSimilarityOptions {
  /** Multiplies similarities before the softmax; 10 by default. */
  readonly inverseTemperature?: number
}

/** @throws InvalidOptionError naming the first option that is wrong. */
export function checkOptions(options: AlpaLossOptions): void {
  const { aggregation = 'mean', grid = 1, imagesAtOnce = 1, workspaceMebibytes = 1, inverseTemperature = 1 } = options
  if (!['mean', 'sum', 'max', 'logsum'].includes(aggregation)) {
    throw new InvalidOptionError(`option "aggregation" is ${aggregation}, expected mean, sum, max or logsum`)
  }
  for (const [name, value] of Object.entries({ grid, imagesAtOnce })) {
    if (Number.isSafeInteger(value) && value > 0) continue
    throw new InvalidOptionError(`option "${name}" is ${value}, expected an integer above 0`)
  }
  for (const [name, value] of Object.entries({ workspaceMebibytes, inverseTemperature })) {
    if (value > 0 && Number.isFinite(value)) continue
    throw new InvalidOptionError(`option "${name}" is ${value}, expected a number above 0`)
  }
}
