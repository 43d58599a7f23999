import { ModeOodError } from '@mode-ood/core'
import type { LossOptions } from '../loss-options.ts'
import { ciderEmitter, ciderTensors } from './losses/cider.ts'
import { crossEntropyEmitter } from './losses/cross-entropy.ts'
import type { LossEmitter, LossTensor } from './losses/loss-emitter.ts'
import { emitProjectionHead, projectionHeadTensors } from './losses/projection-head.ts'
import { supConEmitter } from './losses/sup-con.ts'

/** A loss as an engine needs it. */
export interface ComposedLoss {
  /** What lives with the network because of it. */
  readonly tensors: readonly LossTensor[]
  /** Whether the classifier learns from it. */
  readonly readsLogits: boolean
  readonly emit: LossEmitter
}

/** What a loss must know of its network. */
export interface LossContext {
  /** Length of the embedding. */
  readonly channels: number
  readonly classes: number
}

/** Puts a loss together from its options. */
export function composeLoss(options: LossOptions, context: LossContext): ComposedLoss {
  const { channels, classes } = context
  switch (options.name) {
    case 'ce':
      return { tensors: [], readsLogits: true, emit: crossEntropyEmitter(options) }
    case 'supcon':
      return projected(channels, options.projection, [], supConEmitter(options))
    case 'cider': {
      const { projection } = options
      return projected(channels, projection, ciderTensors(classes, projection), ciderEmitter(options, classes))
    }
    default:
      throw new ModeOodError(`loss ${options.name} is not there yet`)
  }
}

/** A loss on what a projection head makes of the embedding. */
function projected(
  channels: number,
  projection: number,
  tensors: readonly LossTensor[],
  emit: LossEmitter,
): ComposedLoss {
  return {
    tensors: [...projectionHeadTensors(channels, projection), ...tensors],
    readsLogits: false,
    emit: (tape, inputs) => emit(tape, { ...inputs, projected: emitProjectionHead(tape, inputs.embedding) }),
  }
}
