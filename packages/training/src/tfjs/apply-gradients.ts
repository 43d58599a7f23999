import type { OptimizerOptions } from '../optimizer-options.ts'
import type { GradientContext, Gradients } from './compute-gradients.ts'
import { moveByGradient } from './sgd.ts'

/** How much of a running statistic stays at each step: PyTorch's momentum 0.1 from the other end. */
const statisticsKept = 0.9

/** Moves all tensors by what a batch has said. */
export function applyGradients(
  { tf, variables }: GradientContext,
  { gradients, observed, updates }: Gradients,
  learningRate: number,
  optimizer: OptimizerOptions,
): void {
  tf.tidy(() => {
    for (const [name, gradient] of Object.entries(gradients)) {
      moveByGradient(tf, variables.get(name)!, gradient, learningRate, optimizer)
    }
    for (const [name, statistic] of Object.entries(observed)) {
      const { value } = variables.get(name)!
      value.assign(tf.add(tf.mul(value, statisticsKept), tf.mul(statistic, 1 - statisticsKept)))
    }
    for (const [name, update] of Object.entries(updates)) variables.get(name)!.value.assign(update)
  })
}
