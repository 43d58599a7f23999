import type { Graph } from '@mode-ood/onnx-graph'
import type { LossInputs } from './loss-emitter.ts'

/**
 * What a loss on projected vectors reads: `vectors` [count, projection] of unit length and `labels` int32 [count], view 1 of
 * all images, then view 2.
 */
export function projectedBatch(graph: Graph, inputs: LossInputs): { vectors: string; labels: string } {
  const { projected, labels, views } = inputs
  if (projected === undefined)
    throw new TypeError('the loss compares projected vectors, but there is no projection head')
  return { vectors: projected, labels: views === 1 ? labels : graph.node('Concat', [labels, labels], { axis: 0 }) }
}
