import type { BackboneSpec } from './backbone-spec.ts'
import type { BackboneWeights } from './load-state-dict.ts'
import type { ConvolutionPlan } from './network-plan.ts'

/** A convolution with a bias that does what a convolution and its batch normalisation did. */
export interface FoldedConvolution {
  readonly weight: Float32Array
  readonly bias: Float32Array
}

/**
 * Folds the batch normalisation of inference into its convolution: weight · γ/√(σ²+ε), β - μ·γ/√(σ²+ε), computed in float64
 * and rounded once.
 */
export function foldBatchNorm(spec: BackboneSpec, weights: BackboneWeights, step: ConvolutionPlan): FoldedConvolution {
  const of = (name: string) => weights.tensors.get(name)!
  const source = of(`${step.convolution}.weight`)
  const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((name) =>
    of(`${step.batchNorm}.${name}`),
  )
  const weight = new Float32Array(source.length)
  const bias = new Float32Array(step.outputs)
  const size = source.length / step.outputs
  for (let output = 0; output < step.outputs; output++) {
    const scale = gamma![output]! / Math.sqrt(variance![output]! + spec.batchNormEpsilon)
    bias[output] = beta![output]! - mean![output]! * scale
    for (let i = output * size; i < (output + 1) * size; i++) weight[i] = source[i]! * scale
  }
  return { weight, bias }
}
