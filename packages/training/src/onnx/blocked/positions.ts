import type { GraphMap } from '../map-layout.ts'
import type { BlockedGraph } from './blocked-graph.ts'
import { addMapGradient } from './even-gradient.ts'
import { graphShape, mapExtents } from './map-extents.ts'
import { toFullSize, toPlainSize } from './plain-size.ts'

/** The map as plain [count, height · width, channels]. */
export function positions(blocked: BlockedGraph, map: GraphMap): string {
  const extents = mapExtents(map, blocked.block)
  const { groups, channels, blocks, height, width } = extents
  const { block, node, reshape } = blocked
  const size = height * width
  const byImage = blocked.permute(map.name, [groups, blocks, size, block, block], [0, 3, 2, 1, 4])
  const output = toPlainSize(blocked, reshape(byImage, [groups * block, size, channels]), map)
  blocked.tape.record(output, (gradient) => {
    const full = toFullSize(blocked, gradient, map, 3)
    const byBlock = blocked.permute(full, [groups, block, size, blocks, block], [0, 3, 2, 1, 4])
    const whole = reshape(byBlock, graphShape(extents, block))
    addMapGradient(blocked, map, (sum) => (sum === undefined ? whole : node('Add', sum, whole)))
  })
  return output
}
