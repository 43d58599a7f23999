import { defineScore, type Head, type TrainingData } from '@mode-ood/core'
import type * as z from 'zod'
import { energy } from '../energy.ts'
import { fitShaped, scoreShaped, type ShapedState } from './compose.ts'
import type { Shaping, ShapingDefinition } from './shaping.ts'

/** What is written to make a shaping; see `Shaping`. */
export interface ShapingSpec<Schema extends z.ZodType, State> {
  readonly name: string
  readonly options: Schema
  readonly fit?: (training: TrainingData<'embedding' | 'head'>, options: z.output<Schema>) => Promise<State>
  readonly reshape?: (activations: Float64Array, options: z.output<Schema>, state: State) => void
  readonly head?: (head: Head, options: z.output<Schema>, state: State) => Head
}

/**
 * Makes a shaping and, under its name, the score of the energy (temperature 1) of what it gives. The logits are computed from the
 * embedding and the head; those of the model are not looked at.
 */
export function defineShaping<Schema extends z.ZodType, State>(
  spec: ShapingSpec<Schema, State>,
): ShapingDefinition<z.input<Schema>> {
  const { name } = spec
  const bind = (options: z.output<Schema>): Shaping<State> => ({
    name,
    options: options as Record<string, unknown>,
    fit: spec.fit && ((training) => spec.fit!(training, options)),
    reshape: spec.reshape && ((activations, state) => spec.reshape!(activations, options, state)),
    head: spec.head && ((head, state) => spec.head!(head, options, state)),
  })
  const inner = energy()
  const definition = defineScore<'embedding' | 'head', ShapedState | undefined, Schema>({
    name,
    needs: ['embedding', 'head'],
    options: spec.options,
    ...(spec.fit && { fit: (training, options) => fitShaped(name, inner, bind(options) as Shaping, training) }),
    score: (outputs, options, state) => scoreShaped(name, inner, bind(options) as Shaping, outputs, state),
  })
  const create = (input?: z.input<Schema>) => {
    const score = definition(input)
    return { ...score, shaping: bind(score.options as z.output<Schema>) }
  }
  return Object.defineProperties(create, Object.getOwnPropertyDescriptors(definition)) as unknown as ShapingDefinition<
    z.input<Schema>
  >
}
