import { createMatrix, InvalidFileError, InvalidOptionError, type Head } from '@mode-ood/core'
import { openArrays } from './open-arrays.ts'
import type { HeadConfig } from './outputs-config.ts'
import { readFloats } from './read-floats.ts'

/** A head and where it came from. */
export interface StoredHead {
  readonly head: Head
  readonly files: readonly string[]
  readonly hash: string
}

/**
 * Reads the final layer of a model: weight [classes, dimension] and bias [classes].
 *
 * @throws InvalidFileError when one is missing, holds NaN, or they do not fit each other.
 */
export async function readHead(config: HeadConfig, baseDirectory: string): Promise<StoredHead> {
  const { path, ...names } = typeof config === 'string' ? { path: config } : config
  const subject = 'model.outputs.head'
  const { arrays, files, hash } = await openArrays({
    roles: ['weight', 'bias'],
    path,
    names,
    baseDirectory,
    subject,
  })
  const { weight, bias } = arrays
  if (!weight || !bias) {
    throw new InvalidOptionError(`${subject} (${files.join(', ')}) has no ${weight ? 'bias' : 'weight'}`)
  }
  const [classes = 0, dimension = 0] = weight.shape
  if (weight.shape.length !== 2 || classes === 0 || dimension === 0) {
    throw new InvalidFileError(weight.name, `is [${weight.shape.join(', ')}], but a weight is [classes, dimension]`)
  }
  if (bias.shape.length !== 1 || bias.shape[0] !== classes) {
    throw new InvalidFileError(
      bias.name,
      `is [${bias.shape.join(', ')}], but the weight is of ${classes} classes: it must be [${classes}]`,
    )
  }
  const values = { weight: await readFloats(weight, 0, classes), bias: await readFloats(bias, 0, classes) }
  for (const [key, data] of Object.entries(values)) {
    const bad = data.findIndex((value) => !Number.isFinite(value))
    if (bad >= 0) throw new InvalidFileError((key === 'bias' ? bias : weight).name, `holds ${data[bad]}`)
  }
  return { head: { weight: createMatrix(classes, dimension, values.weight), bias: values.bias }, files, hash }
}
