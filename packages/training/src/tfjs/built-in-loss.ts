import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import type { DifferentiableLoss, NetworkOutputs } from '../differentiable-loss.ts'
import { importOptional } from '../import-optional.ts'
import { type AlpaOptions, type LossOptions, viewsOfLoss } from '../loss-options.ts'
import { prototypesName } from '../onnx/losses/cider.ts'
import type { TensorFlow } from './tensorflow.ts'

type BaseOptions = Exclude<LossOptions, { readonly name: 'alpa' }>

/**
 * A loss that is built in, made of the functions of `@mode-ood/losses` and `@mode-ood/alpa`, over the tensors that it has in
 * every engine.
 */
export async function builtInLoss(tf: TensorFlow, options: LossOptions): Promise<DifferentiableLoss> {
  const alpa = 'alpa' in options ? await alpaTerm(options.alpa) : undefined
  if (options.name === 'alpa') return alpa!
  const base = await baseTerm(tf, options)
  if (alpa === undefined || !('alpaWeight' in options)) return base
  const [baseName] = options.name.split('+') as [string]
  return (outputs, labels, tensors) => {
    const first = base(outputs, labels, tensors) as Scalar
    const second = tf.mul<Scalar>(alpa(outputs, labels, tensors) as Scalar, options.alpaWeight)
    return { loss: tf.add<Scalar>(first, second), parts: { [baseName]: first, alpa: second } }
  }
}

async function alpaTerm(options: AlpaOptions): Promise<DifferentiableLoss> {
  const { alpaLoss } = await importOptional('ALPA', ['@mode-ood/alpa'], () => import('@mode-ood/alpa'))
  return ({ featureMap }, labels, tensors) => {
    const projection = (role: string) => ({
      w1: tensors[`alpa.${role}.w1`] as Tensor2D,
      w2: tensors[`alpa.${role}.w2`] as Tensor2D,
    })
    const projections = { query: projection('query'), key: projection('key'), value: projection('value') }
    return alpaLoss(featureMap, labels, projections, options)
  }
}

async function baseTerm(tf: TensorFlow, options: BaseOptions): Promise<DifferentiableLoss> {
  const losses = await importOptional(`loss ${options.name}`, ['@mode-ood/losses'], () => import('@mode-ood/losses'))
  const views = viewsOfLoss(options)
  const everyView = (labels: Tensor1D) => (views === 1 ? labels : tf.concat([labels, labels]))
  const project = ({ embedding }: NetworkOutputs, tensors: Readonly<Record<string, Tensor>>) =>
    losses.applyProjectionHead(embedding, {
      w1: tf.transpose(tensors['head.0.weight'] as Tensor2D),
      b1: tensors['head.0.bias'] as Tensor1D,
      w2: tf.transpose(tensors['head.2.weight'] as Tensor2D),
      b2: tensors['head.2.bias'] as Tensor1D,
    })
  switch (options.name) {
    case 'ce':
    case 'ce+alpa':
      return ({ logits }, labels) => losses.crossEntropyLoss(logits, everyView(labels), options)
    case 'supcon':
    case 'supcon+alpa':
      return (outputs, labels, tensors) => {
        const byView: Tensor3D = tf.reshape(project(outputs, tensors), [views, -1, options.projection])
        return losses.supConLoss(tf.transpose(byView, [1, 0, 2]), labels, options)
      }
    case 'cider':
      return (outputs, labels, tensors) => {
        const vectors = project(outputs, tensors)
        const computed = losses.ciderLoss(vectors, everyView(labels), tensors[prototypesName] as Tensor2D, options)
        return { ...computed, updates: { [prototypesName]: computed.prototypes } }
      }
  }
}
