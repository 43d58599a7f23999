import type { ConvolutionParts } from './convolution-parts.ts'

/**
 * The filter with inputs and outputs swapped, and of its taps those in the given rows and columns, in that order: what
 * convolves an output's gradient. One pass swaps inside cells, a second fetches cells in their new order.
 */
export function turnedFilter(parts: ConvolutionParts, rows: readonly number[], columns: readonly number[]): string {
  const { blocked, filter, filterExtents } = parts
  const { outputs, inputs, kernel, cell } = filterExtents
  const [outputBlocks, inputBlocks] = [outputs / blocked.block, inputs / blocked.block]
  const cells = outputBlocks * inputBlocks * kernel * kernel
  const swapped = blocked.once(`${filter} with cells swapped`, () =>
    blocked.reshape(blocked.swapLast(filter, cells, blocked.block), [cells, cell]),
  )
  const taps = rows.flatMap((row) => columns.map((column) => row * kernel + column))
  const order = blocked.once(`cells ${outputBlocks} ${inputBlocks} ${kernel} ${taps.join()}`, () => {
    const indices: number[] = []
    for (let input = 0; input < inputBlocks; input++) {
      for (let output = 0; output < outputBlocks; output++) {
        for (const tap of taps) indices.push((output * inputBlocks + input) * kernel * kernel + tap)
      }
    }
    return blocked.graph.integers(indices)
  })
  const fetched = blocked.graph.node('Gather', [swapped, order], { axis: 0 })
  return blocked.reshape(fetched, [inputs, outputs, rows.length, columns.length])
}
