import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import { velocityName } from '../onnx/step-names.ts'
import type { StateValues } from '../start-state.ts'
import type { TrainingEntry } from '../training-entries.ts'
import { filterToChannelsFirst, filterToChannelsLast } from './filter-layout.ts'
import type { TensorFlow } from './tensorflow.ts'

/** A tensor of a network being trained, on the backend. */
export interface LiveTensor {
  readonly entry: TrainingEntry
  /** Filters channels last, all else as in the state dict. */
  readonly value: Variable
  /** What the optimiser remembers of earlier gradients; only of learnt tensors, only with momentum. */
  readonly velocity?: Variable
}

/** Puts tensors on the backend. They are zero until a state is written. */
export function createVariables(
  tf: TensorFlow,
  entries: readonly TrainingEntry[],
  { momentum }: { readonly momentum: number },
): Map<string, LiveTensor> {
  const zeros = (entry: TrainingEntry) => tf.tidy(() => tf.variable(tf.zeros(shapeOf(entry))))
  return new Map(
    entries.map((entry) => {
      const value = zeros(entry)
      const remembers = momentum > 0 && entry.role === 'learnt'
      return [entry.name, remembers ? { entry, value, velocity: zeros(entry) } : { entry, value }]
    }),
  )
}

/** Writes values, by the names of the state dict; velocities that are absent become zero. */
export function writeState(tf: TensorFlow, variables: ReadonlyMap<string, LiveTensor>, values: StateValues): void {
  const toTensor = (entry: TrainingEntry, stored: Float32Array) =>
    tf.tensor(isFilter(entry) ? filterToChannelsLast(stored, entry.shape) : stored, shapeOf(entry))
  tf.tidy(() => {
    for (const { entry, value, velocity } of variables.values()) {
      value.assign(toTensor(entry, values.get(entry.name)!))
      const stored = values.get(velocityName(entry.name))
      velocity?.assign(stored ? toTensor(entry, stored) : tf.zeros(shapeOf(entry)))
    }
  })
}

/** Reads everything back, velocities too. */
export async function readState(variables: ReadonlyMap<string, LiveTensor>): Promise<StateValues> {
  const values: StateValues = new Map()
  for (const { entry, value, velocity } of variables.values()) {
    values.set(entry.name, await toStored(entry, value))
    if (velocity) values.set(velocityName(entry.name), await toStored(entry, velocity))
  }
  return values
}

function isFilter({ part }: TrainingEntry): boolean {
  return part === 'filter'
}

function shapeOf(entry: TrainingEntry): number[] {
  if (!isFilter(entry)) return [...entry.shape]
  const [outputs, inputs, height, width] = entry.shape as [number, number, number, number]
  return [height, width, inputs, outputs]
}

async function toStored(entry: TrainingEntry, tensor: Tensor): Promise<Float32Array> {
  const values = (await tensor.data()) as Float32Array
  // The backend may hand out its own memory.
  return isFilter(entry) ? filterToChannelsFirst(values, entry.shape) : values.slice()
}
