import type { TensorRole, TrainingEntry } from '../training-entries.ts'

/** How a tensor lies in memory inside a graph, where that differs from the state dict. */
export interface TensorForm {
  /** Shape in the graph; it may be larger than the state dict's, the rest being zero. */
  readonly shape: readonly number[]
  /** Writes the state dict's values into `target`, which is zero and of the size of `shape`. */
  toGraph(values: Float32Array, target: Float32Array): void
  /** Writes the state dict's values into `target`, from a tensor of `shape`. */
  fromGraph(values: Float32Array, target: Float32Array): void
}

/** A tensor of the state dict inside a variable. */
export interface StatePart {
  readonly entry: TrainingEntry
  /** Where it begins in the variable, in elements. */
  readonly offset: number
  /** Absent where it lies as in the state dict. */
  readonly form?: TensorForm | undefined
}

/**
 * What stays in memory between steps as one input of the step's graph, `name`, and one output, `next.NAME`: a tensor of the
 * state dict, or many small ones one after the other. The layout decides which, the same for every batch, so that state
 * passes from one graph to the next as it is.
 */
export interface StateVariable {
  readonly name: string
  /** Shape of the input; its parts take its elements in their order, what is left over is zero. */
  readonly shape: readonly number[]
  /** That of all its parts. */
  readonly role: TensorRole
  readonly parts: readonly StatePart[]
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

/** The shape in the graph of a part. */
export function partShape({ entry, form }: Pick<StatePart, 'entry' | 'form'>): readonly number[] {
  return form?.shape ?? entry.shape
}
