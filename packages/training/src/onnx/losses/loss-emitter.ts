import type { Tape } from '../tape.ts'

/** The plain tensors (row-major float32) that a loss may read; it adds their gradients to the tape. */
export interface LossInputs {
  /** Images in the batch, all views counted: view 1 of all of them, then view 2 of all. */
  readonly count: number
  readonly views: 1 | 2
  readonly classes: number
  /** [count, height · width, channels], after the last ReLU. */
  readonly map: { readonly name: string; readonly height: number; readonly width: number; readonly channels: number }
  /** Mean of the map over positions, [count, channels]. */
  readonly embedding: string
  /** Vectors of unit length that the projection head makes of the embedding, [count, projection]; for losses that ask for one. */
  readonly projected?: string | undefined
  /** [count, classes]. */
  readonly logits: string
  /** int32 [count / views]. */
  readonly labels: string
}

export interface EmittedLoss {
  /** Scalar. */
  readonly loss: string
  /** Weighted summands, scalars by name. */
  readonly parts: Readonly<Record<string, string>>
  /** New values of tensors that no gradient moves (prototypes), by the tensor's name. */
  readonly updates?: ReadonlyMap<string, string>
}

/** A tensor that belongs to a loss: learnt with the network, or carried along. */
export interface LossTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** `uniform`: ±1/sqrt(fan-in), the first extent of a matrix being the fan-in unless `fanIn` says otherwise. */
  readonly initial: { readonly kind: 'uniform' | 'unit-rows' | 'zero'; readonly fanIn?: number }
  /** Whether the optimiser moves it. */
  readonly learnt: boolean
}

/**
 * Adds a loss and its gradients to a graph whose inputs already hold the loss's tensors under their names. Gradients go to
 * the inputs it reads and to its learnt tensors; all are those of the mean loss over the batch.
 */
export type LossEmitter = (tape: Tape, inputs: LossInputs) => EmittedLoss
