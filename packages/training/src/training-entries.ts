import { type BackboneSpec, stateDictEntries } from '@mode-ood/backbones'
import type { LossTensor } from './onnx/losses/loss-emitter.ts'

/** What a step does to a tensor. */
export type TensorRole =
  /** The optimiser moves it by its gradient. */
  | 'learnt'
  /** A running statistic of batch normalisation: it follows what batches show. */
  | 'statistic'
  /** Replaced where the loss gives a new value, else as it was. */
  | 'carried'
  /** Of a stage that does not learn: as it was. */
  | 'frozen'

/** How a tensor begins, drawn from a generator of its own. */
export type Initial =
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'constant'; readonly value: number }
  /** Rows of length 1 in random directions. */
  | { readonly kind: 'unit-rows' }

/** A tensor of a network being trained: its name and shape in the state dict, what happens to it, how it begins. */
export interface TrainingEntry {
  readonly name: string
  /** PyTorch's layout: filters are [outputs, inputs, height, width]. */
  readonly shape: readonly number[]
  /** `filter` and `batchNorm` belong to maps, whose form in memory is a layout's business; the others are plain. */
  readonly part: 'filter' | 'batchNorm' | 'classifier' | 'loss'
  readonly role: TensorRole
  readonly initial: Initial
}

export interface TrainingEntriesOptions {
  /** Without it the network has no classifier. */
  readonly classes?: number | undefined
  /** `carried` where the loss does not read the logits; `learnt` by default. */
  readonly classifierRole?: 'learnt' | 'carried'
  /** The stem and so many stages do not learn; 0 by default. */
  readonly frozenStages?: number
  /** What the loss brings along. */
  readonly lossTensors?: readonly LossTensor[]
}

/**
 * All tensors of a network being trained but the optimiser's, in the order of PyTorch's state dict, those of the loss last.
 * They begin as PyTorch's ResNets do: filters normal with variance 2 / fan-out (He et al. 2015), linear layers uniform
 * within ±1/sqrt(fan-in), batch normalisation as the identity.
 */
export function trainingEntries(spec: BackboneSpec, options: TrainingEntriesOptions = {}): TrainingEntry[] {
  const { classes, classifierRole = 'learnt', frozenStages = 0, lossTensors = [] } = options
  const entries = stateDictEntries(spec, classes === undefined ? {} : { classes })
  const fanIn = entries.find(({ name }) => name === `${spec.headName}.weight`)?.shape[1]
  return [
    ...entries.map(({ name, shape }): TrainingEntry => {
      if (name.startsWith(`${spec.headName}.`)) {
        return { name, shape, part: 'classifier', role: classifierRole, initial: uniform(fanIn!) }
      }
      const isFrozen = stageOf(name) <= frozenStages && frozenStages > 0
      if (shape.length === 4) {
        const deviation = Math.sqrt(2 / (shape[0]! * shape[2]! * shape[3]!))
        const role = isFrozen ? 'frozen' : 'learnt'
        return { name, shape, part: 'filter', role, initial: { kind: 'normal', deviation } }
      }
      const role = isFrozen ? 'frozen' : /\.running_(mean|var)$/.test(name) ? 'statistic' : 'learnt'
      const value = /\.(weight|running_var)$/.test(name) ? 1 : 0
      return { name, shape, part: 'batchNorm', role, initial: { kind: 'constant', value } }
    }),
    ...lossTensors.map(lossEntry),
  ]
}

/** The stage that a tensor belongs to, counted from 1; 0 for the stem. */
export function stageOf(name: string): number {
  return Number(/^layer(\d+)\./.exec(name)?.[1] ?? 0)
}

function lossEntry({ name, shape, initial, learnt }: LossTensor): TrainingEntry {
  const role = learnt ? 'learnt' : 'carried'
  const begins: Record<LossTensor['initial']['kind'], () => Initial> = {
    uniform: () => uniform(initial.fanIn ?? shape[0]!),
    'unit-rows': () => ({ kind: 'unit-rows' }),
    zero: () => ({ kind: 'constant', value: 0 }),
  }
  return { name, shape, part: 'loss', role, initial: begins[initial.kind]() }
}

function uniform(fanIn: number): Initial {
  return { kind: 'uniform', bound: 1 / Math.sqrt(fanIn) }
}
