import type { z } from 'zod'
import type { ModelOutputs } from './model-outputs.ts'

/** One number an image, in float64; higher means more in-distribution. */
export type Scores = Float64Array

/** The model outputs a score may ask for. */
export type Need = keyof ModelOutputs

/** The outputs a score asked for, and no others. */
export type Needed<N extends Need> = Pick<ModelOutputs, N>

/** A batch of in-distribution training outputs, with the class of every row. */
export type TrainingBatch<N extends Need> = Needed<N> & { readonly labels: Int32Array }

/** Training outputs batch by batch, never the whole set at once. A `fit` that needs two passes iterates it twice. */
export type TrainingData<N extends Need> = AsyncIterable<TrainingBatch<N>> | Iterable<TrainingBatch<N>>

/**
 * Which in-distribution images a score learns from: those the model was trained on, or others (`validation`), where what it
 * learns is how sure the model is of images it has not seen.
 */
export type FitSet = 'training' | 'validation'

/** A training image near an image that was scored. */
export interface ExplainingNeighbor {
  /** Its position in the training data, counted over all batches. */
  readonly row: number
  /** Squared L2 distance, as the score compares. */
  readonly distance: number
  /** Which of its views, where the score compares views. */
  readonly view?: number | undefined
}

/** Why an image has its score. */
export interface Explanation {
  /** The view of the image that decided, where the score compares views. */
  readonly view?: number | undefined
  /** Training images, the nearest first, none twice. */
  readonly neighbors: readonly ExplainingNeighbor[]
}

/** What is written to make a score; see `defineScore`. */
export interface ScoreSpec<N extends Need, Schema extends z.ZodType, State> {
  /** The name in configurations and tables: lower case, words joined by hyphens. */
  readonly name: string
  readonly needs: readonly N[]
  /** A zod object; give every option a default where the method has one. */
  readonly options?: Schema
  /**
   * Learns from in-distribution training outputs. Returns plain data: numbers, strings, booleans, null, arrays, objects,
   * typed arrays, matrices, feature banks. Left out by scores that learn nothing.
   */
  readonly fit?: (training: TrainingData<N>, options: z.output<Schema>) => State | Promise<State>
  /** What `fit` is best given; training images unless said otherwise. */
  readonly fitsOn?: FitSet
  /** One finite number an image, higher = in-distribution; must not depend on what else is in the batch. */
  readonly score: (outputs: Needed<N>, options: z.output<Schema>, state: State) => Scores | Promise<Scores>
  /** The training images that decided, up to `neighbors` for every image; for scores that compare with training images. */
  readonly explain?: (
    outputs: Needed<N>,
    neighbors: number,
    options: z.output<Schema>,
    state: State,
  ) => Promise<readonly Explanation[]>
}

/** A score with its options, not yet fitted. */
export interface Score<N extends Need = Need> {
  readonly name: string
  readonly needs: readonly N[]
  readonly options: Readonly<Record<string, unknown>>
  /** Whether `fit` must come before `score`. */
  readonly needsFit: boolean
  /** What `fit` is best given. It takes any in-distribution images with labels. */
  readonly fitsOn: FitSet
  fit(training: TrainingData<N>): Promise<FittedScore<N>>
  /** A fitted score from the `state` of an earlier one. */
  restore(state: unknown): FittedScore<N>
  /** @throws NotFittedError when the score must be fitted first. */
  score(outputs: Needed<N>): Promise<Scores>
}

/** A score that is ready. */
export interface FittedScore<N extends Need = Need> {
  readonly name: string
  readonly needs: readonly N[]
  readonly options: Readonly<Record<string, unknown>>
  /** What `fit` learnt, as plain data; `undefined` for a score that learns nothing. */
  readonly state: unknown
  /** @throws InvalidInputError when an output holds NaN or infinity, or the score does not give one number an image. */
  score(outputs: Needed<N>): Promise<Scores>
  /** One explanation an image, of up to `neighbors` training images; absent where the score does not compare with any. */
  readonly explain?: (outputs: Needed<N>, neighbors: number) => Promise<readonly Explanation[]>
  /** Closes the feature banks in the state. */
  close(): Promise<void>
}

/** What `defineScore` returns: call it with options. */
export interface ScoreDefinition<N extends Need = Need, OptionsInput = never> {
  (options?: OptionsInput): Score<N>
  readonly name: string
  readonly needs: readonly N[]
  readonly needsFit: boolean
  readonly fitsOn: FitSet
}
