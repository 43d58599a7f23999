import { float } from '@mode-ood/onnx-graph'
import type { GraphMap } from '../map-layout.ts'
import type { BlockedGraph } from './blocked-graph.ts'
import { addMapGradient, recordMap } from './even-gradient.ts'
import { graphShape, mapExtents } from './map-extents.ts'

/**
 * 3x3, stride 2, padding 1: in every row the maxima of three columns, then of these the maxima of three rows. The gradient
 * goes to the first of equal maxima in that order, which is row by row, as in PyTorch.
 */
export function maxPool(blocked: BlockedGraph, input: GraphMap): GraphMap {
  const extents = mapExtents(input, blocked.block)
  const { groups, blocks, height, width, cell } = extents
  const ofColumns = poolLine(blocked, input.name, { lines: groups * blocks * height, half: width / 2, cell })
  const ofRows = poolLine(blocked, ofColumns.maxima, {
    lines: groups * blocks,
    half: height / 2,
    cell: (width / 2) * cell,
  })
  const small = { ...extents, height: height / 2, width: width / 2 }
  const name = blocked.reshape(ofRows.maxima, graphShape(small, blocked.block))
  const output = { ...input, name, height: small.height, width: small.width }
  recordMap(blocked, output, (gradient) => {
    const whole = blocked.reshape(ofColumns.gradient(ofRows.gradient(gradient)), graphShape(extents, blocked.block))
    addMapGradient(blocked, input, (sum) => (sum === undefined ? whole : blocked.node('Add', sum, whole)))
  })
  return output
}

/** Numbers seen as lines of 2 · half cells. */
interface Lines {
  readonly lines: number
  readonly half: number
  readonly cell: number
}

interface PooledLines {
  /** [lines, half, cell]. */
  readonly maxima: string
  gradient(maximaGradient: string): string
}

/** The maxima of cells 2i - 1, 2i and 2i + 1 of each line. */
function poolLine(blocked: BlockedGraph, tensor: string, { lines, half, cell }: Lines): PooledLines {
  const { graph, node, reshape, integers } = blocked
  const pairs = reshape(tensor, [lines * half, 2, cell])
  const [even, odd] = graph
    .nodeWithOutputs('Split', [pairs, integers([1, 1])], 2, { axis: 1 })
    .map((cells) => reshape(cells, [lines, half * cell])) as [string, string]
  const lowest = blocked.once('lowest float', () => graph.scalar(-3.4e38))
  const before = node('Pad', odd, integers([0, cell, 0, -cell]), lowest)
  const maxima = node('Max', before, even, odd)
  const isMaximum = (cells: string) =>
    graph.node('HardSigmoid', [node('Sub', cells, maxima)], { alpha: float(1e30), beta: float(1) })
  return {
    maxima,
    gradient(maximaGradient) {
      const all = reshape(maximaGradient, [lines, half * cell])
      const toBefore = node('Mul', all, isMaximum(before))
      const rest = node('Sub', all, toBefore)
      const toEven = node('Mul', rest, isMaximum(even))
      const toOdd = node('Add', node('Sub', rest, toEven), node('Pad', toBefore, integers([0, -cell, 0, cell])))
      const apart = [toEven, toOdd].map((cells) => reshape(cells, [lines * half, 1, cell]))
      return graph.node('Concat', apart, { axis: 1 })
    },
  }
}
