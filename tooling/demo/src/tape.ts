import type { Graph } from '@mode-ood/onnx-graph'

/**
 * Reverse-mode differentiation while a graph is written: every layer adds its forward nodes at once and leaves behind how
 * its backward nodes are added once the gradient of its output is known.
 */
export interface Tape {
  readonly graph: Graph
  /** Says how the gradients of a layer's inputs follow from the gradient of its output. */
  record(output: string, backward: (outputGradient: string) => void): void
  /** Adds a contribution to the gradient of a tensor. */
  addGradient(tensor: string, contribution: string): void
  /** Adds the backward nodes of everything recorded, last first, and returns the gradients by tensor. */
  differentiate(): ReadonlyMap<string, string>
}

/** Starts a tape on a graph. The loss adds the first gradient. */
export function createTape(graph: Graph): Tape {
  const gradients = new Map<string, string>()
  const backwards: (() => void)[] = []
  return {
    graph,
    record: (output, backward) => backwards.push(() => backward(gradients.get(output)!)),
    addGradient(tensor, contribution) {
      const sum = gradients.get(tensor)
      gradients.set(tensor, sum === undefined ? contribution : graph.node('Add', [sum, contribution]))
    },
    differentiate() {
      for (const backward of backwards.toReversed()) backward()
      return gradients
    },
  }
}
