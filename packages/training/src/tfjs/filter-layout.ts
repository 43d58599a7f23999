/** A filter as PyTorch stores it, [outputs, inputs, height, width], as TensorFlow.js wants it: [height, width, inputs, outputs]. */
export function filterToChannelsLast(values: Float32Array, shape: readonly number[]): Float32Array {
  const [outputs, inputs, taps] = extents(shape)
  const result = new Float32Array(values.length)
  let i = 0
  for (let o = 0; o < outputs; o++) {
    for (let c = 0; c < inputs; c++) {
      for (let t = 0; t < taps; t++) result[(t * inputs + c) * outputs + o] = values[i++]!
    }
  }
  return result
}

/** The way back. `shape` is PyTorch's in both directions. */
export function filterToChannelsFirst(values: Float32Array, shape: readonly number[]): Float32Array {
  const [outputs, inputs, taps] = extents(shape)
  const result = new Float32Array(values.length)
  let i = 0
  for (let t = 0; t < taps; t++) {
    for (let c = 0; c < inputs; c++) {
      for (let o = 0; o < outputs; o++) result[(o * inputs + c) * taps + t] = values[i++]!
    }
  }
  return result
}

function extents(shape: readonly number[]): [outputs: number, inputs: number, taps: number] {
  const [outputs = 1, inputs = 1, height = 1, width = 1] = shape
  return [outputs, inputs, height * width]
}
