import { type BackboneSpec, type ConvolutionPlan, networkPlan } from '@mode-ood/backbones'
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { NetworkOutputs } from '../differentiable-loss.ts'
import { convolve } from './convolve.ts'
import { maxPool } from './max-pool.ts'
import { normalizeByBatch, normalizeByRunning } from './normalize.ts'
import { padShortcut } from './pad-shortcut.ts'
import { relu } from './relu.ts'
import type { TensorFlow } from './tensorflow.ts'

export interface ForwardOptions {
  /** The tensor of a name in the state dict; filters channels last. Without a classifier there are no logits. */
  readonly tensor: (name: string) => Tensor | undefined
  /** Gets the batch's statistics by the names of the running ones, to be disposed of; without it the running ones are used. */
  readonly observe?: (name: string, value: Tensor1D) => void
  /** Whether a running statistic is used all the same. */
  readonly isFrozen?: (name: string) => boolean
}

/** Runs a network on images [count, height, width, 3]. */
export function forward(
  tf: TensorFlow,
  spec: BackboneSpec,
  images: Tensor4D,
  options: ForwardOptions,
): Omit<NetworkOutputs, 'logits'> & { readonly logits: Tensor2D | undefined } {
  const { tensor } = options
  const plan = networkPlan(spec)
  const layer = (map: Tensor4D, step: ConvolutionPlan) => {
    const filter = tensor(`${step.convolution}.weight`) as Tensor4D
    const convolved = convolve(tf, map, filter, { ...step, ofImages: step === plan.stem })
    return normalize(tf, convolved, step.batchNorm, spec.batchNormEpsilon, options)
  }
  let map = relu(tf, layer(images, plan.stem))
  if (spec.stem.maxPool) map = maxPool(tf, map)
  for (const { convolutions, shortcut } of plan.blocks) {
    let inner = map
    for (const step of convolutions.slice(0, -1)) inner = relu(tf, layer(inner, step))
    inner = layer(inner, convolutions.at(-1)!)
    if (shortcut === 'identity') map = relu(tf, tf.add(inner, map))
    else if ('projection' in shortcut) map = relu(tf, tf.add(inner, layer(map, shortcut.projection)))
    else map = relu(tf, tf.add(inner, padShortcut(tf, map, shortcut.pad)))
  }
  const embedding: Tensor2D = tf.mean(map, [1, 2])
  const weight = tensor(`${spec.headName}.weight`) as Tensor2D | undefined
  const bias = tensor(`${spec.headName}.bias`) as Tensor1D
  const logits = weight && tf.add<Tensor2D>(tf.matMul(embedding, weight, false, true), bias)
  return { featureMap: map, embedding, logits }
}

function normalize(
  tf: TensorFlow,
  map: Tensor4D,
  name: string,
  epsilon: number,
  { tensor, observe, isFrozen }: ForwardOptions,
): Tensor4D {
  const names = {
    scale: `${name}.weight`,
    shift: `${name}.bias`,
    mean: `${name}.running_mean`,
    variance: `${name}.running_var`,
  }
  const get = (key: keyof typeof names) => tensor(names[key]) as Tensor1D
  const scaleAndShift = { scale: get('scale'), shift: get('shift') }
  if (observe === undefined || isFrozen?.(names.mean)) {
    return normalizeByRunning(tf, map, { ...scaleAndShift, mean: get('mean'), variance: get('variance') }, epsilon)
  }
  return normalizeByBatch(tf, map, scaleAndShift, epsilon, (mean, variance) => {
    observe(names.mean, mean)
    observe(names.variance, variance)
  })
}
