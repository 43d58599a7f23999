import type { BlockedGraph } from './blocked-graph.ts'
import { graphShape, type MapExtents } from './map-extents.ts'

/** Adds columns of zeros at the sides. */
export function padColumns(
  blocked: BlockedGraph,
  map: string,
  extents: MapExtents,
  [left, right]: readonly [number, number],
): string {
  if (left === 0 && right === 0) return map
  const { groups, blocks, height, width, cell } = extents
  return blocked.once(`${left} and ${right} columns around ${map}`, () => {
    const rows = blocked.reshape(map, [groups * blocks * height, width * cell])
    const padded = blocked.node('Pad', rows, blocked.integers([0, left * cell, 0, right * cell]))
    return blocked.reshape(padded, graphShape({ ...extents, width: left + width + right }, blocked.block))
  })
}

/** The even and the odd columns of a map of even width: strides of 2 take them apart, for images lie between columns. */
export function splitColumns(
  blocked: BlockedGraph,
  map: string,
  extents: MapExtents,
): readonly [even: string, odd: string] {
  const { groups, blocks, height, width, cell } = extents
  const half = graphShape({ ...extents, width: width / 2 }, blocked.block)
  return blocked.once(`columns of ${map}`, () => {
    const pairs = blocked.reshape(map, [(groups * blocks * height * width) / 2, 2, cell])
    const parts = blocked.graph.nodeWithOutputs('Split', [pairs, blocked.integers([1, 1])], 2, { axis: 1 })
    return parts.map((columns) => blocked.reshape(columns, half)) as [string, string]
  })
}

/** Puts even and odd columns together again. */
export function joinColumns(
  blocked: BlockedGraph,
  [even, odd]: readonly [string, string],
  { groups, blocks, height, width, cell }: MapExtents,
): string {
  const apart = (columns: string) => blocked.reshape(columns, [groups * blocks * height * width, 1, cell])
  return blocked.graph.node('Concat', [apart(even), apart(odd)], { axis: 1 })
}
