import type { GraphMap } from '../map-layout.ts'
import type { BlockedGraph } from './blocked-graph.ts'
import { addMapGradient } from './even-gradient.ts'
import { graphShape, mapExtents } from './map-extents.ts'
import { toFullSize, toPlainSize } from './plain-size.ts'

/** The mean over positions as plain [count, channels]. */
export function globalAverage(blocked: BlockedGraph, map: GraphMap): string {
  const extents = mapExtents(map, blocked.block)
  const { groups, channels, blocks, height, width, cell } = extents
  const { block, graph, node, reshape } = blocked
  const positions = height * width
  const cells = [groups * blocks, positions, cell]
  const mean = graph.node('ReduceMean', [reshape(map.name, cells), blocked.integers([1])], { keepdims: 0 })
  const byImage = blocked.permute(mean, [groups, blocks, block, block], [0, 2, 1, 3])
  const output = toPlainSize(blocked, reshape(byImage, [groups * block, channels]), map)
  blocked.tape.record(output, (gradient) => {
    const share = node('Mul', toFullSize(blocked, gradient, map, 2), graph.scalar(1 / positions))
    const byBlock = blocked.permute(share, [groups, block, blocks, block], [0, 2, 1, 3])
    const everywhere = node('Expand', reshape(byBlock, [groups * blocks, 1, cell]), blocked.integers(cells))
    const whole = reshape(everywhere, graphShape(extents, block))
    addMapGradient(blocked, map, (sum) => (sum === undefined ? whole : node('Add', sum, whole)))
  })
  return output
}
