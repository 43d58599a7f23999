import type { TrainingEntry } from '../training-entries.ts'
import { partShape, sizeOf, type StateVariable, type TensorForm } from './state-variable.ts'

export interface PlanVariablesOptions {
  /** Tensors of at most so many elements share one variable a role: a node and an input each would cost more than they. */
  readonly smallest?: number
  /** The shape of a variable of a given length; it may hold more. `[length]` by default. */
  readonly shape?: (length: number) => readonly number[]
  /** The form of a tensor; that of the state dict by default. */
  readonly form?: (entry: TrainingEntry) => TensorForm | undefined
}

const smallEnough = 65_536

/**
 * Distributes the tensors of a state dict over variables: large ones alone, small ones together by role. What the loss
 * carries along is alone, too.
 */
export function planVariables(entries: readonly TrainingEntry[], options: PlanVariablesOptions = {}): StateVariable[] {
  const { smallest = smallEnough, shape = (length) => [length], form = () => undefined } = options
  const all = entries.map((entry) => ({ entry, form: form(entry) }))
  const isSmall = (part: (typeof all)[number]) => part.entry.role !== 'carried' && sizeOf(partShape(part)) <= smallest
  const variable = (name: string, parts: typeof all): StateVariable => {
    let length = 0
    const placed = parts.map((part) => {
      const offset = length
      length += sizeOf(partShape(part))
      return { ...part, offset }
    })
    return { name, shape: shape(length), role: parts[0]!.entry.role, parts: placed }
  }
  const together = (['learnt', 'statistic', 'frozen'] as const).flatMap((role) => {
    const parts = all.filter((part) => part.entry.role === role && isSmall(part))
    return parts.length === 0 ? [] : [variable(`small.${role}`, parts)]
  })
  const alone = all.filter((part) => !isSmall(part)).map((part) => variable(`large.${part.entry.name}`, [part]))
  return [...together, ...alone]
}
