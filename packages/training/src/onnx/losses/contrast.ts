import type { Tape } from '../tape.ts'
import { emitPositiveWeights } from './positive-weights.ts'
import { emitDiagonal, emitOthers } from './similarity.ts'

export interface ContrastOptions {
  /** int32 [count]. */
  readonly labels: string
  readonly count: number
  readonly inverseTemperature: number
  /** Multiplies loss and gradient. */
  readonly weight: number
}

/**
 * The contrastive loss of a similarity matrix [count, count], a scalar: images of one label are to be more alike than others.
 * An anchor without positives adds 0 and stays in the mean.
 */
export function emitContrast(tape: Tape, similarity: string, options: ContrastOptions): string {
  const { labels, count, inverseTemperature, weight } = options
  const { graph } = tape
  const node = (operation: string, ...inputs: string[]) => graph.node(operation, inputs)
  const diagonal = emitDiagonal(graph, count)
  const logits = emitOthers(graph, node('Mul', similarity, graph.scalar(inverseTemperature)), diagonal)
  const logProbabilities = graph.node('LogSoftmax', [logits], { axis: 1 })
  const { weights, hasPositives } = emitPositiveWeights(graph, labels, diagonal, count)
  const slope = node('Sub', node('Mul', hasPositives, node('Exp', logProbabilities)), weights)
  tape.addGradient(similarity, node('Mul', slope, graph.scalar((weight * inverseTemperature) / count)))
  const total = graph.node('ReduceSum', [node('Mul', weights, logProbabilities)], { keepdims: 0 })
  return node('Mul', total, graph.scalar(-weight / count))
}
