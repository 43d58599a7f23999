import type { Tensor } from '@tensorflow/tfjs-core'
import type { OptimizerOptions } from '../optimizer-options.ts'
import type { TensorFlow } from './tensorflow.ts'
import type { LiveTensor } from './variables.ts'

/** Moves a tensor by its gradient, as PyTorch's SGD does it. */
export function moveByGradient(
  tf: TensorFlow,
  { entry, value, velocity }: LiveTensor,
  gradient: Tensor,
  learningRate: number,
  { momentum, nesterov, weightDecay, decayExempt }: OptimizerOptions,
): void {
  tf.tidy(() => {
    const decays = weightDecay > 0 && (decayExempt === 'none' || entry.shape.length > 1)
    const decayed = decays ? tf.add(gradient, tf.mul(value, weightDecay)) : gradient
    let step: Tensor = decayed
    if (velocity) {
      velocity.assign(tf.add(tf.mul(velocity, momentum), decayed))
      step = nesterov ? tf.add(decayed, tf.mul(velocity, momentum)) : velocity
    }
    value.assign(tf.sub(value, tf.mul(step, learningRate)))
  })
}
