import { emitLinear } from '../emit-linear.ts'
import type { Tape } from '../tape.ts'
import type { LossTensor } from './loss-emitter.ts'
import { emitUnitRows, emitUnitRowsGradient } from './unit-rows.ts'

/** The tensors of a projection head, named and laid out ([out, in]) as in the checkpoints of SupCon, CIDER and MODE. */
export function projectionHeadTensors(channels: number, projection: number): readonly LossTensor[] {
  const initial = { kind: 'uniform', fanIn: channels } as const
  const tensor = (name: string, ...shape: number[]): LossTensor => ({ name, shape, initial, learnt: true })
  return [
    tensor('head.0.weight', channels, channels),
    tensor('head.0.bias', channels),
    tensor('head.2.weight', projection, channels),
    tensor('head.2.bias', projection),
  ]
}

/**
 * Projects embeddings [count, channels] to unit vectors [count, projection]: Linear → ReLU → Linear → division by the L2 norm.
 * Gradients go to the embeddings and to the head's tensors, which the graph holds under their names.
 */
export function emitProjectionHead(tape: Tape, embedding: string): string {
  const { graph } = tape
  const linear = emitLinear(tape, embedding, 'head.0.weight', 'head.0.bias')
  const hidden = graph.node('Relu', [linear])
  tape.record(hidden, (gradient) => {
    const inactive = graph.node('Equal', [hidden, graph.scalar(0)])
    tape.addGradient(linear, graph.node('Where', [inactive, graph.scalar(0), gradient]))
  })
  const projected = emitLinear(tape, hidden, 'head.2.weight', 'head.2.bias')
  const { unit, norms } = emitUnitRows(graph, projected)
  tape.record(unit, (gradient) => tape.addGradient(projected, emitUnitRowsGradient(graph, gradient, unit, norms)))
  return unit
}
