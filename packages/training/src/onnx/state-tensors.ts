import type { StateDict, Tensor } from '@mode-ood/core'
import type { TrainingEntry } from '../training-entries.ts'
import { velocityName } from './step-names.ts'

/** Values under the names of a state dict with their shapes, in its order, velocities last. */
export function stateTensors(entries: readonly TrainingEntry[], values: ReadonlyMap<string, Float32Array>): StateDict {
  const tensor = (name: string, shape: readonly number[]): [string, Tensor][] => {
    const data = values.get(name)
    return data ? [[name, { dtype: 'F32', shape, data }]] : []
  }
  return new Map([
    ...entries.flatMap(({ name, shape }) => tensor(name, shape)),
    ...entries.flatMap(({ name, shape }) => tensor(velocityName(name), shape)),
  ])
}
