import type { Tensor } from '@mode-ood/core'

const seed = 20

/** The 32-bit finaliser of the golden vectors; mix(1) = 1753845952. */
function mix(value: number): number {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

/** u(i, p) for i below `length`: uniform in -0.5..0.5, from the position and the ordinal alone. */
export function hashedUniform(length: number, ordinal: number): Float64Array {
  const offset = (Math.imul(ordinal, 0x9e3779b1) + Math.imul(seed, 0x85ebca6b)) | 0
  const values = new Float64Array(length)
  for (let i = 0; i < length; i++) values[i] = mix(i + offset) / 2 ** 32 - 0.5
  return values
}

/** The tensor the golden vectors put under `name`, the `ordinal`-th key. */
export function hashedTensor(name: string, shape: readonly number[], ordinal: number): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1)
  const { centre, scale } = distribution(name, shape)
  return { dtype: 'F32', shape, data: new Float32Array(hashedUniform(size, ordinal).map((u) => centre + u * scale)) }
}

function distribution(name: string, shape: readonly number[]): { centre: number; scale: number } {
  if (name.endsWith('running_var')) return { centre: 1, scale: 0.5 }
  if (name.endsWith('running_mean') || name.endsWith('bias')) return { centre: 0, scale: 0.2 }
  const [, inputs = 1, height = 1, width = 1] = shape
  if (shape.length === 4) return { centre: 0, scale: Math.sqrt(24 / (inputs * height * width)) }
  if (shape.length === 2) return { centre: 0, scale: Math.sqrt(12 / inputs) }
  return { centre: 1, scale: 0.2 }
}
