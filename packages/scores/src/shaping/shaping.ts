import type { Head, Score, ScoreDefinition, TrainingData } from '@mode-ood/core'

/** A change of an image's activations, or of the head, before the logits are computed. */
export interface Shaping<State = unknown> {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
  /** Learns from training images; returns plain data. */
  readonly fit?: ((training: TrainingData<'embedding' | 'head'>) => Promise<State>) | undefined
  /** Changes the activations of one image, in place. */
  readonly reshape?: ((activations: Float64Array, state: State) => void) | undefined
  /** The head to apply instead of the model's. */
  readonly head?: ((head: Head, state: State) => Head) | undefined
}

/** A logit score of shaped activations; `shaped` takes its shaping over to another score. */
export interface ShapedScore extends Score<'embedding' | 'head'> {
  readonly shaping: Shaping
}

/** What `defineShaping` returns: the score of the energy of shaped activations, by its options. */
export interface ShapingDefinition<OptionsInput> extends ScoreDefinition<'embedding' | 'head', OptionsInput> {
  (options?: OptionsInput): ShapedScore
}
