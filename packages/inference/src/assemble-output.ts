import type { OutputName } from '@mode-ood/backbones'
import type { FeatureMap, Matrix, Views } from '@mode-ood/core'

/** Puts the chunks of one output together; a single chunk is not copied. `shape` is that of one image. */
export function assembleOutput(
  name: OutputName,
  parts: readonly Float32Array[],
  shape: readonly number[],
): Matrix | FeatureMap | Views {
  const data = parts.length === 1 ? parts[0]! : join(parts)
  const count = data.length / shape.reduce((product, extent) => product * extent, 1)
  return describe(name, count, shape, data)
}

/** An output for no images. */
export function emptyOutput(name: OutputName, shape: readonly number[]): Matrix | FeatureMap | Views {
  return describe(name, 0, shape, new Float32Array(0))
}

function describe(
  name: OutputName,
  count: number,
  shape: readonly number[],
  data: Float32Array,
): Matrix | FeatureMap | Views {
  const [first = 0, second = 0, third = 0] = shape
  if (name === 'featureMap') return { count, height: first, width: second, channels: third, data }
  if (name === 'views') return { count, views: first, dimension: second, data }
  return { rows: count, columns: first, data }
}

function join(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let position = 0
  for (const part of parts) {
    whole.set(part, position)
    position += part.length
  }
  return whole
}
