import type { CrossEntropyOptions } from '../../loss-options.ts'
import type { LossEmitter } from './loss-emitter.ts'

/**
 * Mean softmax cross-entropy of the logits; with several views an image, its mean over all of them. The target is
 * 1 - ε for the image's class, and ε / classes more for every class (Szegedy et al. 2016).
 *
 * The gradient of the logits is (softmax - target) / count.
 */
export function crossEntropyEmitter({ labelSmoothing }: CrossEntropyOptions): LossEmitter {
  return (tape, { count, views, classes, logits, labels }) => {
    const { graph } = tape
    const node = (operation: string, ...inputs: string[]) => graph.node(operation, inputs)
    const off = labelSmoothing / classes
    const range = graph.constant(Float32Array.of(off, 1 - labelSmoothing + off))
    const target = graph.node('OneHot', [labels, graph.constant(Int32Array.of(classes)), range], { axis: -1 })
    const targets = views === 1 ? target : graph.node('Concat', [target, target], { axis: 0 })
    const logProbabilities = graph.node('LogSoftmax', [logits], { axis: 1 })
    const total = graph.node('ReduceSum', [node('Mul', logProbabilities, targets)], { keepdims: 0 })
    const difference = node('Sub', node('Exp', logProbabilities), targets)
    tape.addGradient(logits, node('Mul', difference, graph.scalar(1 / count)))
    return { loss: node('Mul', total, graph.scalar(-1 / count)), parts: {} }
  }
}
