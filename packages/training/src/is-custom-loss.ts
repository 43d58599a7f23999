import type { CustomLoss, DifferentiableLoss } from './differentiable-loss.ts'
import type { TrainerOptions } from './trainer.ts'

/** Whether a loss is one's own rather than one of those that have names. */
export function isCustomLoss(loss: TrainerOptions['loss']): loss is DifferentiableLoss | CustomLoss {
  return typeof loss === 'function' || (typeof loss === 'object' && 'compute' in loss)
}
