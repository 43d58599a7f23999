import { networkPlan } from '@mode-ood/backbones'
import type { CustomLoss } from '../differentiable-loss.ts'
import { isCustomLoss } from '../is-custom-loss.ts'
import { lossOptionsSchema, viewsOfLoss } from '../loss-options.ts'
import { composeLoss } from '../onnx/compose-loss.ts'
import { parseOptions } from '../parse-options.ts'
import type { TrainerOptions } from '../trainer.ts'
import { builtInLoss } from './built-in-loss.ts'
import type { TensorFlow } from './tensorflow.ts'

/** A loss in the form in which the engine takes them all. */
export interface ResolvedLoss extends Required<CustomLoss> {
  /** Whether the classifier learns from it; taken to be so where that is not known. */
  readonly readsLogits: boolean
}

/** A loss by its name, its options or its function, in one form. */
export async function resolveLoss(
  tf: TensorFlow,
  { loss, spec, classes }: Pick<TrainerOptions, 'loss' | 'spec' | 'classes'>,
): Promise<ResolvedLoss> {
  if (isCustomLoss(loss)) {
    const given = typeof loss === 'function' ? { compute: loss } : loss
    return { views: 1, tensors: [], readsLogits: true, ...given }
  }
  const options = parseOptions('loss', lossOptionsSchema, loss)
  const { tensors, readsLogits } = composeLoss(options, { channels: networkPlan(spec).dimension, classes })
  return { views: viewsOfLoss(options), tensors, readsLogits, compute: await builtInLoss(tf, options) }
}
