import { InvalidInputError } from '@mode-ood/core'
import type { BackboneSpec } from '@mode-ood/backbones'
import type { NamedTensorMap, Scalar, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import type { ComputedLoss, CustomLoss, NetworkOutputs } from '../differentiable-loss.ts'
import type { TrainingBatch } from '../trainer.ts'
import { forward } from './forward.ts'
import type { TensorFlow } from './tensorflow.ts'
import type { LiveTensor } from './variables.ts'

/** What a batch says, before anything is moved. Every tensor is the caller's to dispose of. */
export interface Gradients {
  readonly loss: Scalar
  readonly parts: Readonly<Record<string, Scalar>>
  /** By the names of the tensors; those that the loss does not depend on are absent. */
  readonly gradients: NamedTensorMap
  /** What the batch shows of the running statistics, and new values of what the loss carries along. */
  readonly observed: NamedTensorMap
  readonly updates: NamedTensorMap
}

export interface GradientContext {
  readonly tf: TensorFlow
  readonly spec: BackboneSpec
  readonly loss: CustomLoss
  readonly variables: ReadonlyMap<string, LiveTensor>
}

/** Forward and backward with one batch. */
export function computeGradients(context: GradientContext, { images, labels }: TrainingBatch): Gradients {
  const { tf, variables } = context
  const learnt = [...variables.values()].filter(({ entry }) => entry.role === 'learnt')
  const kept: Kept = { parts: {}, observed: {}, updates: {} }
  let failure: { readonly error: unknown } | undefined
  const computed = tf.tidy(() => {
    const pixels = tf.tensor4d(images.data, [images.count, images.height, images.width, 3])
    const classes = tf.tensor1d(labels, 'int32')
    const attempt = (): Scalar => {
      try {
        return computeLoss(context, pixels, classes, kept)
      } catch (error) {
        // TensorFlow.js lets go of what it keeps for the way back on the way back alone, so there must be one.
        failure = { error }
        return tf.sum(learnt[0]!.value)
      }
    }
    const variablesLearnt = learnt.map(({ value }) => value)
    const { value: loss, grads } = tf.variableGrads(attempt, variablesLearnt)
    const found = learnt.flatMap(({ entry, value: { name } }) => (grads[name] ? [[entry.name, grads[name]]] : []))
    return { loss, gradients: Object.fromEntries(found) as NamedTensorMap, ...kept }
  })
  if (!failure) return computed
  tf.dispose(computed as never)
  throw failure.error
}

interface Kept {
  readonly parts: Record<string, Scalar>
  readonly observed: NamedTensorMap
  readonly updates: NamedTensorMap
}

/** The loss of a batch; what else is to outlive the tape goes to `kept`. */
function computeLoss(context: GradientContext, images: Tensor4D, labels: Tensor1D, kept: Kept): Scalar {
  const { tf, spec, variables } = context
  const outputs = forward(tf, spec, images, {
    tensor: (name) => variables.get(name)?.value,
    observe: (name, value) => void (kept.observed[name] = tf.keep(value)),
    isFrozen: (name) => variables.get(name)!.entry.role === 'frozen',
  })
  const { loss, parts = {}, updates = {} } = applyLoss(context, outputs as NetworkOutputs, labels)
  for (const [name, part] of Object.entries(parts)) kept.parts[name] = tf.keep(tf.clone(part))
  for (const [name, update] of Object.entries(updates)) kept.updates[name] = tf.keep(tf.clone(update))
  return loss
}

function applyLoss({ loss, variables }: GradientContext, outputs: NetworkOutputs, labels: Tensor1D): ComputedLoss {
  const own = Object.fromEntries((loss.tensors ?? []).map(({ name }) => [name, variables.get(name)!.value as Tensor]))
  const result = loss.compute(outputs, labels, own)
  const computed: ComputedLoss = 'loss' in result ? result : { loss: result }
  const { shape, dtype } = computed.loss
  if (shape.length > 0 || dtype !== 'float32') {
    throw new InvalidInputError(
      `the loss is a ${dtype} tensor of shape [${shape.join(', ')}], but a float32 scalar is needed`,
    )
  }
  return computed
}
