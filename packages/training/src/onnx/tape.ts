import type { Graph } from '@mode-ood/onnx-graph'

/**
 * Reverse-mode differentiation while a graph is written: every layer adds its forward nodes at once and leaves behind how
 * its backward nodes are added once the gradient of its output is known.
 */
export interface Tape {
  readonly graph: Graph
  /** Says how the gradients of a layer's inputs follow from the gradient of its output. Skipped when nothing needs the output. */
  record(output: string, backward: (outputGradient: string) => void): void
  /**
   * Adds a contribution to the gradient of a tensor. `contribute` gets the name of the sum so far, or `undefined`, and
   * returns the name of the new sum: a convolution adds the other branch of a block while it runs.
   */
  addGradient(tensor: string, contribute: string | ((sumSoFar: string | undefined) => string)): void
  /** Says that nobody wants the gradient of a tensor: contributions that are functions are not even asked for. */
  fix(tensor: string): void
  /** Adds the backward nodes of everything recorded, last first, and returns the gradients by tensor. */
  differentiate(): ReadonlyMap<string, string>
}

/** Starts a tape on a graph. The loss adds the first gradient. */
export function createTape(graph: Graph): Tape {
  const gradients = new Map<string, string>()
  const fixed = new Set<string>()
  const backwards: (() => void)[] = []
  return {
    graph,
    record(output, backward) {
      backwards.push(() => {
        const gradient = gradients.get(output)
        if (gradient !== undefined) backward(gradient)
      })
    },
    fix: (tensor) => void fixed.add(tensor),
    addGradient(tensor, contribute) {
      if (fixed.has(tensor)) return
      const sum = gradients.get(tensor)
      if (typeof contribute === 'function') gradients.set(tensor, contribute(sum))
      else gradients.set(tensor, sum === undefined ? contribute : graph.node('Add', [sum, contribute]))
    },
    differentiate() {
      for (const backward of backwards.toReversed()) backward()
      return gradients
    },
  }
}
