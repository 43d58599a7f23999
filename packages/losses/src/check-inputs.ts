import { InvalidInputError, InvalidOptionError } from '@mode-ood/core'
import type { Tensor } from '@tensorflow/tfjs-core'

/** @throws InvalidInputError unless the tensor has so many dimensions and at least one element. */
export function requireRank(what: string, { shape }: Tensor, dimensions: string): void {
  const rank = dimensions.split(',').length
  if (shape.length === rank && !shape.includes(0)) return
  throw new InvalidInputError(`${what} are [${shape.join(', ')}], expected [${dimensions}], none of them 0`)
}

/** @throws InvalidInputError unless there is one int32 label an item. */
export function requireLabels({ shape, dtype }: Tensor, count: number): void {
  if (dtype === 'int32' && shape.length === 1 && shape[0] === count) return
  throw new InvalidInputError(`labels are ${dtype} [${shape.join(', ')}], expected int32 [${count}], one an item`)
}

/**
 * The labels on the host, each checked to be one of the classes. Reads `count` integers back from the backend.
 *
 * @throws InvalidInputError for labels of another shape or type, and for the first label out of range.
 */
export function readLabels(labels: Tensor, count: number, classes: number): Int32Array {
  requireLabels(labels, count)
  const values = labels.dataSync() as Int32Array
  const at = values.findIndex((label) => label < 0 || label >= classes)
  if (at < 0) return values
  throw new InvalidInputError(`label ${values[at]} of item ${at} is none of the ${classes} classes 0 to ${classes - 1}`)
}

/** @throws InvalidOptionError unless the value is a finite number above 0. */
export function requirePositive(option: string, value: number): void {
  if (value > 0 && Number.isFinite(value)) return
  throw new InvalidOptionError(`option "${option}" is ${value}, expected a number above 0`)
}

/** @throws InvalidOptionError unless 0 <= value < 1. */
export function requireShare(option: string, value: number): void {
  if (value >= 0 && value < 1) return
  throw new InvalidOptionError(`option "${option}" is ${value}, expected a share of at least 0 and below 1`)
}

/** @throws InvalidOptionError unless the value is an integer above 0. */
export function requireCount(option: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return
  throw new InvalidOptionError(`option "${option}" is ${value}, expected an integer above 0`)
}
