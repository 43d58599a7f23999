import { createGraph } from '@mode-ood/onnx-graph'
import type { OptimizerOptions } from '../optimizer-options.ts'
import type { GraphLayout } from './graph-layout.ts'
import { emitSgd } from './sgd.ts'
import type { StateVariable } from './state-variable.ts'
import { gradientName } from './step-names.ts'

/**
 * The optimiser alone, for gradients that several workers have averaged. Inputs: `learningRate` [], learnt variables, their
 * velocities and `gradient.NAME`; outputs: `next.NAME` for variables and velocities.
 */
export function emitOptimizerGraph(
  layout: GraphLayout,
  variables: readonly StateVariable[],
  optimizer: OptimizerOptions,
): Uint8Array<ArrayBuffer> {
  const graph = createGraph({ name: 'optimizer', ...(layout.domains && { domains: layout.domains }) })
  const learningRate = graph.input('learningRate', 'float32', [])
  for (const variable of variables) {
    if (variable.role !== 'learnt') continue
    graph.input(variable.name, 'float32', variable.shape)
    const gradient = graph.input(gradientName(variable.name), 'float32', variable.shape)
    emitSgd({ graph, layout, optimizer, learningRate }, variable, gradient)
  }
  return graph.encode()
}
