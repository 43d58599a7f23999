import { InvalidFileError } from '@mode-ood/core'
import type { StoredArray } from './stored-array.ts'

/**
 * All labels of a set. Four bytes an image.
 *
 * @throws InvalidFileError for fractions, and for numbers that are no label.
 */
export async function readLabels(array: StoredArray): Promise<Int32Array> {
  const { shape, name } = array
  if (shape.length !== 1) throw new InvalidFileError(name, `is [${shape.join(', ')}], but labels are [images]`)
  const data = await array.read(0, shape[0]!)
  const labels = Int32Array.from(data as ArrayLike<number>, Number)
  const bad = labels.findIndex((label, i) => label !== Number(data[i]) || label < 0)
  if (bad < 0) return labels
  throw new InvalidFileError(name, `is ${data[bad]} for image ${bad}, but labels are whole numbers from 0`)
}
