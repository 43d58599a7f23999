import type { GraphMap } from '../map-layout.ts'

/**
 * How a map lies in memory: [groups][blocks][height][width][cell], where a cell holds B images of a group, and of each of them
 * B channels: [B images][B channels]. In the graph it is [groups, channels, height, width · B]: to the runtime the images of a
 * group stand side by side in rows. So a convolution whose taps are B columns apart never mixes images, rows are long
 * whatever the image, and what belongs to one image or one channel is one axis of a cell.
 *
 * Images and channels are filled up to multiples of B; channels that fill up have zero filters, and images that fill up are
 * zero in every map.
 */
export interface MapExtents {
  /** ceil(count / B). */
  readonly groups: number
  /** A multiple of B. */
  readonly channels: number
  readonly blocks: number
  readonly height: number
  readonly width: number
  /** Numbers in a cell: B². The network's input has one channel a block, and cells of B. */
  readonly cell: number
}

export function mapExtents({ count, channels, height, width }: GraphMap, block: number): MapExtents {
  const blocks = Math.ceil(channels / block)
  return { groups: Math.ceil(count / block), channels: blocks * block, blocks, height, width, cell: block * block }
}

/** Of the network's input: three channels that are no block. */
export function imageExtents({ count, channels, height, width }: GraphMap, block: number): MapExtents {
  return { groups: Math.ceil(count / block), channels, blocks: channels, height, width, cell: block }
}

/** The shape in the graph of a map with these extents. */
export function graphShape({ groups, channels, height, width }: MapExtents, block: number): number[] {
  return [groups, channels, height, width * block]
}
