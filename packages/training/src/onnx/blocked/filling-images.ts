import type { GraphMap } from '../map-layout.ts'
import type { BlockedGraph } from './blocked-graph.ts'
import { graphShape, mapExtents } from './map-extents.ts'

/**
 * Sets the images that fill up the last group to zero, where there are any: normalisation adds a bias to them. While they are
 * zero in every map they reach neither statistics nor gradients of filters.
 */
export function clearFillingImages(blocked: BlockedGraph, tensor: string, map: GraphMap): string {
  const { block, graph } = blocked
  const extents = mapExtents(map, block)
  const { groups, blocks, height, width, cell } = extents
  const missing = groups * block - map.count
  if (missing === 0) return tensor
  const row = width * cell
  const mask = blocked.once(`images that count, in rows of ${width}`, () => {
    const ones = new Float32Array(groups * row).fill(1)
    for (let end = ones.length; end > ones.length - row; end -= cell) ones.fill(0, end - missing * block, end)
    return graph.constant(ones, [groups, 1, row])
  })
  const cleared = blocked.node('Mul', blocked.reshape(tensor, [groups, blocks * height, row]), mask)
  return blocked.reshape(cleared, graphShape(extents, block))
}
