import type { Graph } from '@mode-ood/onnx-graph'
import type { OptimizerOptions } from '../optimizer-options.ts'
import type { GraphLayout } from './graph-layout.ts'
import { nextName, velocityName } from './step-names.ts'
import { partShape, sizeOf, type StateVariable } from './state-variable.ts'

export interface SgdContext {
  readonly graph: Graph
  readonly layout: GraphLayout
  readonly optimizer: OptimizerOptions
  /** Scalar. */
  readonly learningRate: string
}

/**
 * One update of a variable by its gradient, as PyTorch's SGD does it. Declares the input `velocity.NAME` and the outputs
 * `next.NAME` and `next.velocity.NAME`; without momentum there is no velocity.
 */
export function emitSgd(context: SgdContext, variable: StateVariable, gradient: string): void {
  const { graph, layout, optimizer, learningRate } = context
  const { name, shape } = variable
  const { momentum, nesterov } = optimizer
  const give = (of: string, factor: string, x: string, y: string) => {
    const next = layout.multiplyAdd(graph, { factor, x, y }, nextName(of))
    graph.output(next, 'float32', shape)
    return next
  }
  const decayed = addDecay(context, variable, gradient)
  let step = decayed
  if (momentum > 0) {
    const factor = graph.scalar(momentum)
    const velocity = graph.input(velocityName(name), 'float32', shape)
    const next = give(velocity, factor, velocity, decayed)
    step = nesterov ? layout.multiplyAdd(graph, { factor, x: next, y: decayed }) : next
  }
  give(name, graph.node('Neg', [learningRate]), step, name)
}

/** The gradient with the decay of weights, which may spare some of a variable's parts. */
function addDecay(context: SgdContext, variable: StateVariable, gradient: string): string {
  const { graph, layout, optimizer } = context
  const { weightDecay, decayExempt } = optimizer
  const { name, shape, parts } = variable
  const decays = parts.map(({ entry }) => weightDecay > 0 && (decayExempt === 'none' || entry.shape.length > 1))
  if (!decays.includes(true)) return gradient
  if (!decays.includes(false)) {
    return layout.multiplyAdd(graph, { factor: graph.scalar(weightDecay), x: name, y: gradient })
  }
  const factors = new Float32Array(sizeOf(shape))
  for (const [i, part] of parts.entries()) {
    if (decays[i]) factors.fill(weightDecay, part.offset, part.offset + sizeOf(partShape(part)))
  }
  const decayed = graph.node('Mul', [graph.constant(factors, shape), name])
  return graph.node('Add', [decayed, gradient])
}
