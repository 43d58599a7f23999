import type { Graph } from '@mode-ood/onnx-graph'
import type { CiderOptions } from '../../loss-options.ts'
import type { Tape } from '../tape.ts'
import type { LossEmitter, LossTensor } from './loss-emitter.ts'
import { emitMovePrototypes } from './move-prototypes.ts'
import { projectedBatch } from './projected-batch.ts'
import { emitDiagonal, emitOthers, emitSelfSimilarity, emitSimilarity } from './similarity.ts'

/** The name of what CIDER carries from step to step. */
export const prototypesName = 'cider.prototypes'

/** A unit vector a class. */
export function ciderTensors(classes: number, projection: number): readonly LossTensor[] {
  return [{ name: prototypesName, shape: [classes, projection], initial: { kind: 'unit-rows' }, learnt: false }]
}

/**
 * CIDER (Ming et al., ICLR 2023) on projected vectors: `ciderLoss` of `@mode-ood/losses` as nodes. The prototypes move in batch
 * order inside the graph and come back as an update. Compactness takes the moved prototypes as constants; dispersion is
 * differentiated through the move to the vectors.
 *
 * Workers of a data-parallel run move their own prototypes by their own share of the batch; their average, which is shorter
 * than 1, is divided by its norm at the next step.
 */
export function ciderEmitter(options: CiderOptions, classes: number): LossEmitter {
  const { temperature, projection: dimension, compactness: weight, prototypeMomentum: momentum } = options
  return (tape, inputs) => {
    const { graph } = tape
    const { count } = inputs
    const { vectors, labels } = projectedBatch(graph, inputs)
    const moved = emitMovePrototypes(tape, prototypesName, vectors, labels, { momentum, classes, count, dimension })

    const targets = emitTargets(graph, labels, classes)
    const logits = emitSimilarity(graph, vectors, moved, temperature)
    const logProbabilities = graph.node('LogSoftmax', [logits], { axis: 1 })
    const slope = graph.node('Sub', [graph.node('Exp', [logProbabilities]), targets])
    const pull = graph.node('MatMul', [slope, moved])
    tape.addGradient(vectors, graph.node('Mul', [pull, graph.scalar(weight / (count * temperature))]))
    const total = graph.node('ReduceSum', [graph.node('Mul', [targets, logProbabilities])], { keepdims: 0 })
    const compactness = graph.node('Mul', [total, graph.scalar(-weight / count)])

    const dispersion = classes === 1 ? graph.scalar(0) : emitDispersion(tape, moved, classes, temperature)
    return {
      loss: graph.node('Add', [compactness, dispersion]),
      parts: { compactness, dispersion },
      updates: new Map([[prototypesName, moved]]),
    }
  }
}

/** float32 [count, classes]: 1 for the label. */
function emitTargets(graph: Graph, labels: string, classes: number): string {
  const depth = graph.constant(Int32Array.of(classes))
  return graph.node('OneHot', [labels, depth, graph.constant(Float32Array.of(0, 1))], { axis: -1 })
}

/** Mean over classes of log( mean over the others of exp(μ_c·μ_j / t) ), with its gradient. */
function emitDispersion(tape: Tape, prototypes: string, classes: number, temperature: number): string {
  const { graph } = tape
  const logits = emitSelfSimilarity(tape, prototypes, temperature)
  const others = emitOthers(graph, logits, emitDiagonal(graph, classes))
  const slope = graph.node('Softmax', [others], { axis: 1 })
  tape.addGradient(logits, graph.node('Mul', [slope, graph.scalar(1 / classes)]))
  const sums = graph.node('ReduceLogSumExp', [others, graph.integers([1])], { keepdims: 0 })
  const mean = graph.node('ReduceMean', [sums], { keepdims: 0 })
  return graph.node('Sub', [mean, graph.scalar(Math.log(classes - 1))])
}
