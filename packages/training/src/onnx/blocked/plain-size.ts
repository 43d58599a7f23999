import type { GraphMap } from '../map-layout.ts'
import type { BlockedGraph } from './blocked-graph.ts'
import { mapExtents } from './map-extents.ts'

/** What fills up images (first axis) and channels (last axis) taken away. */
export function toPlainSize(blocked: BlockedGraph, tensor: string, map: GraphMap): string {
  const [images, channels] = missing(blocked, map)
  if (images === 0 && channels === 0) return tensor
  const [starts, ends, axes] = [
    [0, 0],
    [map.count, map.channels],
    [0, -1],
  ].map((values) => blocked.integers(values))
  return blocked.node('Slice', tensor, starts!, ends!, axes!)
}

/** Zeros added for what fills up images (first of `rank` axes) and channels (last axis). */
export function toFullSize(blocked: BlockedGraph, tensor: string, map: GraphMap, rank: number): string {
  const [images, channels] = missing(blocked, map)
  if (images === 0 && channels === 0) return tensor
  const pads = new Array<number>(2 * rank).fill(0)
  pads[rank] = images
  pads[2 * rank - 1] = channels
  return blocked.node('Pad', tensor, blocked.integers(pads))
}

function missing(blocked: BlockedGraph, map: GraphMap): [images: number, channels: number] {
  const { groups, channels } = mapExtents(map, blocked.block)
  return [groups * blocked.block - map.count, channels - map.channels]
}
