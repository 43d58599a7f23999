import type { Tape } from '../../tape.ts'
import { emitInverseRoot } from './inverse-root.ts'

/** The square of 1e-12: vectors no longer than that are zero. */
const smallestSquare = 1e-24

/** Rows divided by their norms, zero rows left as they are; these get no gradient from it. */
export function emitUnitValues(tape: Tape, values: string): string {
  const { graph } = tape
  const node = (operation: string, ...inputs: string[]) => graph.node(operation, inputs)
  const sumOfRow = (input: string) => graph.node('ReduceSum', [input, graph.integers([1])], { keepdims: 1 })
  const inverseNorms = emitInverseRoot(graph, sumOfRow(node('Mul', values, values)), smallestSquare)
  const units = node('Mul', values, inverseNorms)
  tape.record(units, (gradient) => {
    const along = node('Mul', units, sumOfRow(node('Mul', gradient, units)))
    tape.addGradient(values, node('Mul', node('Sub', gradient, along), inverseNorms))
  })
  return units
}
