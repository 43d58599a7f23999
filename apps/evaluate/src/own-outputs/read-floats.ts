import { InvalidFileError } from '@mode-ood/core'
import type { StoredArray } from './stored-array.ts'

/**
 * Rows of an array as float32; float64 is rounded.
 *
 * @throws InvalidFileError for whole numbers, which no output of a model is.
 */
export async function readFloats(array: StoredArray, from: number, to: number): Promise<Float32Array> {
  const data = await array.read(from, to)
  if (data instanceof Float32Array) return data
  if (data instanceof Float64Array) return Float32Array.from(data)
  throw new InvalidFileError(array.name, `holds whole numbers (${array.dtype}), but what a model gives are floats`)
}
