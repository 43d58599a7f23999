import type { AlpaOptions, CrossEntropyOptions, LossOptions, SupConOptions } from '../loss-options.ts'
import { alpaEmitter, alpaTensors } from './losses/alpa.ts'
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
  switch (options.name) {
    case 'ce':
      return crossEntropy(options)
    case 'supcon':
      return supCon(options, context)
    case 'cider': {
      const { classes } = context
      return projected(options, context, ciderEmitter(options, classes), ciderTensors(classes, options.projection))
    }
    case 'alpa':
      return alpa(options.alpa, context)
    case 'ce+alpa':
      return joint('ce', crossEntropy(options), alpa(options.alpa, context, options.alpaWeight))
    case 'supcon+alpa':
      return joint('supcon', supCon(options, context), alpa(options.alpa, context, options.alpaWeight))
  }
}

function crossEntropy(options: CrossEntropyOptions): ComposedLoss {
  return { tensors: [], readsLogits: true, emit: crossEntropyEmitter(options) }
}

function supCon(options: SupConOptions, context: LossContext): ComposedLoss {
  return projected(options, context, supConEmitter(options), [])
}

function alpa(options: AlpaOptions, { channels }: LossContext, weight = 1): ComposedLoss {
  return {
    tensors: alpaTensors(channels, options.dimension),
    readsLogits: false,
    emit: alpaEmitter(options, { weight }),
  }
}

/** A loss on what a projection head makes of the embedding. */
function projected(
  { projection }: { readonly projection: number },
  { channels }: LossContext,
  emit: LossEmitter,
  tensors: readonly LossTensor[],
): ComposedLoss {
  return {
    tensors: [...projectionHeadTensors(channels, projection), ...tensors],
    readsLogits: false,
    emit: (tape, inputs) => emit(tape, { ...inputs, projected: emitProjectionHead(tape, inputs.embedding) }),
  }
}

/** The sum of a loss and of ALPA, which has its weight already. Neither has summands of its own. */
function joint(name: 'ce' | 'supcon', base: ComposedLoss, local: ComposedLoss): ComposedLoss {
  return {
    tensors: [...base.tensors, ...local.tensors],
    readsLogits: base.readsLogits,
    emit(tape, inputs) {
      const { loss: first } = base.emit(tape, inputs)
      const { loss: second } = local.emit(tape, inputs)
      return { loss: tape.graph.node('Add', [first, second]), parts: { [name]: first, alpa: second } }
    },
  }
}
