import type { BlockedGraph } from './blocked-graph.ts'
import { graphShape, type MapExtents } from './map-extents.ts'

/** The even rows of a map of even height. */
export function evenRows(blocked: BlockedGraph, map: string, extents: MapExtents): string {
  const { groups, blocks, height, width, cell } = extents
  return blocked.once(`even rows of ${map}`, () => {
    const pairs = blocked.reshape(map, [(groups * blocks * height) / 2, 2, width * cell])
    const [first, end, axis] = [0, 1, 1].map((value) => blocked.integers([value]))
    const rows = blocked.node('Slice', pairs, first!, end!, axis!)
    return blocked.reshape(rows, graphShape({ ...extents, height: height / 2 }, blocked.block))
  })
}
