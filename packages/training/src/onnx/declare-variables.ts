import type { Graph } from '@mode-ood/onnx-graph'
import { partShape, sizeOf, type StateVariable } from './state-variable.ts'

/**
 * Declares variables as inputs of a graph and gives every tensor inside them its name in the state dict: layers refer to
 * `conv1.weight` wherever and however it lies.
 */
export function declareVariables(graph: Graph, variables: readonly StateVariable[]): void {
  for (const { name, shape, parts } of variables) {
    const whole = graph.input(name, 'float32', shape)
    const sizes = parts.map((part) => sizeOf(partShape(part)))
    const spare = sizeOf(shape) - sizes.reduce((sum, size) => sum + size, 0)
    const lengths = spare > 0 ? [...sizes, spare] : sizes
    const flat = lengths.length > 1 ? graph.node('Reshape', [whole, graph.integers([-1])]) : whole
    const pieces =
      lengths.length > 1
        ? graph.nodeWithOutputs('Split', [flat, graph.integers(lengths)], lengths.length, { axis: 0 })
        : [flat]
    for (const [i, part] of parts.entries()) {
      const extents = graph.integers(partShape(part))
      graph.node('Reshape', [pieces[i]!, extents], {}, { name: part.entry.name })
    }
  }
}

/**
 * The tensors inside a variable, put together in its shape: its gradient from the gradients of its parts, its next value from
 * theirs. `values` gives a tensor of the part's shape for the names of parts; zeros stand in for those it lacks.
 */
export function assembleVariable(
  graph: Graph,
  { shape, parts }: StateVariable,
  values: ReadonlyMap<string, string>,
): string {
  const sizes = parts.map((part) => sizeOf(partShape(part)))
  const spare = sizeOf(shape) - sizes.reduce((sum, size) => sum + size, 0)
  const zeros = (length: number) => graph.constant(new Float32Array(length))
  const pieces = parts.map(({ entry }, i) => {
    const value = values.get(entry.name)
    if (value === undefined) return zeros(sizes[i]!)
    return parts.length === 1 && spare === 0 ? value : graph.node('Reshape', [value, graph.integers([-1])])
  })
  if (spare > 0) pieces.push(zeros(spare))
  const flat = pieces.length > 1 ? graph.node('Concat', pieces, { axis: 0 }) : pieces[0]!
  return graph.node('Reshape', [flat, graph.integers(shape)])
}
