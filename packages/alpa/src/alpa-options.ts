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
  /** Memory that intermediate tensors may take, in MiB: 128 by default. Less is slower, the result the same. */
  readonly workspaceMebibytes?: number
}

export interface AlpaLossOptions extends AlpaSimilarityOptions {
  /** Multiplies similarities before the softmax; 10 by default. */
  readonly inverseTemperature?: number
}

/** Tensors of chunk · images · positions² floats that exist at once. */
const tensorsAtOnce = 8

/**
 * Images whose positions are computed at once.
 *
 * @throws InvalidOptionError for an option that is no number above 0, or an aggregation there is not.
 */
export function chunkSize(options: AlpaSimilarityOptions, images: number, positions: number): number {
  const { workspaceMebibytes = 128 } = options
  const image = 4 * tensorsAtOnce * images * positions ** 2
  return Math.max(1, Math.min(images, Math.floor((workspaceMebibytes * 2 ** 20) / image)))
}

/** @throws InvalidOptionError naming the first option that is wrong. */
export function checkOptions(options: AlpaLossOptions): void {
  const { aggregation = 'mean', grid = 1, workspaceMebibytes = 1, inverseTemperature = 1 } = options
  if (!['mean', 'sum', 'max', 'logsum'].includes(aggregation)) {
    throw new InvalidOptionError(`option "aggregation" is ${aggregation}, expected mean, sum, max or logsum`)
  }
  if (!Number.isSafeInteger(grid) || grid < 1) {
    throw new InvalidOptionError(`option "grid" is ${grid}, expected an integer above 0`)
  }
  for (const [name, value] of Object.entries({ workspaceMebibytes, inverseTemperature })) {
    if (value > 0 && Number.isFinite(value)) continue
    throw new InvalidOptionError(`option "${name}" is ${value}, expected a number above 0`)
  }
}
