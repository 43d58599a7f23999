import type { GraphMap } from '../map-layout.ts'
import type { BlockedGraph } from './blocked-graph.ts'
import { graphShape, mapExtents, type MapExtents } from './map-extents.ts'

// Shortcuts of stride 2 send their gradient to even rows and columns only. It is kept in that small form until somebody needs
// the whole, which is seldom: the block's first convolution adds it where it computes even positions.

/** Says how gradients follow from the gradient of a map, which arrives whole. */
export function recordMap(blocked: BlockedGraph, output: GraphMap, backward: (gradient: string) => void): void {
  blocked.tape.record(output.name, (gradient) => backward(wholeGradient(blocked, output, gradient)!))
}

/** Adds to the gradient of a map. `contribute` gets the sum so far, if there is one, and returns the new one, both whole. */
export function addMapGradient(
  blocked: BlockedGraph,
  map: GraphMap,
  contribute: (sumSoFar: string | undefined) => string,
): void {
  blocked.tape.addGradient(map.name, (sum) => contribute(wholeGradient(blocked, map, sum)))
}

/** The same for a contribution in even rows and columns only; `contribute` gets the sum so far if that is of this form, too. */
export function addEvenGradient(
  blocked: BlockedGraph,
  map: GraphMap,
  contribute: (evenSumSoFar: string | undefined) => string,
): void {
  blocked.tape.addGradient(map.name, (sum) => {
    if (sum !== undefined && !blocked.evenOnly.has(sum)) {
      return blocked.node('Add', sum, wholeGradient(blocked, map, markEven(blocked, contribute(undefined)))!)
    }
    return markEven(blocked, contribute(sum))
  })
}

/** Adds a whole contribution that can take up even positions on the way. */
export function addGradientOverEven(
  blocked: BlockedGraph,
  map: GraphMap,
  contribute: (evenSumSoFar: string | undefined) => string,
): void {
  blocked.tape.addGradient(map.name, (sum) => {
    if (sum === undefined || blocked.evenOnly.has(sum)) return contribute(sum)
    return blocked.node('Add', sum, contribute(undefined))
  })
}

function markEven(blocked: BlockedGraph, gradient: string): string {
  blocked.evenOnly.add(gradient)
  return gradient
}

function wholeGradient<T extends string | undefined>(blocked: BlockedGraph, map: GraphMap, gradient: T): T {
  if (gradient === undefined || !blocked.evenOnly.has(gradient)) return gradient
  return spread(blocked, gradient, mapExtents(map, blocked.block)) as T
}

/** Puts a zero behind every column, and a row of zeros behind every row. */
function spread(blocked: BlockedGraph, even: string, extents: MapExtents): string {
  const { groups, blocks, height, width, cell } = extents
  const behind = (tensor: string, count: number, length: number) =>
    blocked.node('Pad', blocked.reshape(tensor, [count, length]), blocked.integers([0, 0, 0, length]))
  const rows = (groups * blocks * height) / 2
  const columns = behind(even, (rows * width) / 2, cell)
  return blocked.reshape(behind(columns, rows, width * cell), graphShape(extents, blocked.block))
}
