import type { BlockedGraph } from './blocked-graph.ts'
import type { MapExtents } from './map-extents.ts'

// Every row is summed by itself before rows are: one chain of float32 additions over a whole batch would lose two digits.
// Images that fill up are zero and add nothing; the mean is over the others.

/** The mean of each channel over images and positions, [channels]. `count` images count. */
export function channelMean(blocked: BlockedGraph, map: string, extents: MapExtents, count: number): string {
  const { groups, channels, height, width } = extents
  const { block, graph } = blocked
  const lines = blocked.reshape(map, [(groups * channels * height) / block, block, 1, width * block])
  const sums = graph.node('GlobalAveragePool', [lines], {}, { domain: 'com.microsoft.nchwc' })
  return scaled(blocked, meanOfRows(blocked, sums, extents), (groups * block) / count)
}

/**
 * The mean of the product of two maps, channel by channel, [channels]: a depthwise convolution of the rows of one with the
 * rows of the other as its filters.
 */
export function channelDot(
  blocked: BlockedGraph,
  [map, other]: readonly [string, string],
  extents: MapExtents,
  count: number,
): string {
  const { groups, channels, height, width } = extents
  const rows = groups * channels * height
  const length = width * blocked.block
  const products = blocked.convolve(
    blocked.reshape(map, [1, rows, 1, length]),
    blocked.reshape(other, [rows, 1, 1, length]),
    { kernel: [1, length], groups: rows },
  )
  return scaled(blocked, meanOfRows(blocked, products, extents), groups / (width * count))
}

function meanOfRows(blocked: BlockedGraph, rows: string, { groups, channels, blocks, height }: MapExtents): string {
  const byBlock = blocked.reshape(rows, [groups, blocks, height, blocked.block])
  const mean = blocked.graph.node('ReduceMean', [byBlock, blocked.integers([0, 2])], { keepdims: 0 })
  return blocked.reshape(mean, [channels])
}

function scaled(blocked: BlockedGraph, vector: string, factor: number): string {
  if (factor === 1) return vector
  return blocked.node(
    'Mul',
    vector,
    blocked.once(`scalar ${factor}`, () => blocked.graph.scalar(factor)),
  )
}
