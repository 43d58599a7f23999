import * as z from 'zod'
import { checkOutputs, checkTraining } from './check-outputs.ts'
import { InvalidInputError, InvalidOptionError, NotFittedError } from './errors.ts'
import type { ModelOutputs } from './model-outputs.ts'
import type { FittedScore, Need, Needed, Score, ScoreDefinition, Scores, ScoreSpec } from './score.ts'
import { isFeatureBank, visitState } from './score-state.ts'

type NoOptions = z.ZodObject<Record<never, never>, z.core.$strict>
const noOptions: NoOptions = z.strictObject({})

/**
 * Makes a score from its formula. The result is a function of the options.
 *
 * @example
 * const maxLogit = defineScore({
 *   name: 'max-logit',
 *   needs: ['logits'],
 *   score: ({ logits }) => Float64Array.from({ length: logits.rows }, (_, i) => Math.max(...matrixRow(logits, i))),
 * })
 * const scores = await maxLogit().score(outputs)
 */
export function defineScore<const N extends Need, State = undefined, Schema extends z.ZodType = NoOptions>(
  spec: ScoreSpec<N, Schema, State>,
): ScoreDefinition<N, z.input<Schema>> {
  const schema = strict(spec.options ?? noOptions)
  const { fitsOn = 'training', explain } = spec
  const create = (input?: z.input<Schema>): Score<N> => {
    const options = parseOptions(spec.name, schema, input) as z.output<Schema> & Record<string, unknown>
    const ready = (state: State): FittedScore<N> => ({
      name: spec.name,
      needs: spec.needs,
      options,
      state,
      async score(outputs) {
        const count = checkOutputs(`score "${spec.name}"`, spec.needs, outputs)
        return checkScores(spec.name, count, await spec.score(outputs, options, state))
      },
      ...(explain && {
        explain: async (outputs: Needed<N>, neighbors: number) => {
          checkOutputs(`score "${spec.name}"`, spec.needs, outputs)
          return explain(outputs, neighbors, options, state)
        },
      }),
      close: () => closeBanks(state),
    })
    const { fit } = spec
    return {
      name: spec.name,
      needs: spec.needs,
      options,
      needsFit: fit !== undefined,
      fitsOn,
      fit: async (training) =>
        ready(fit ? await fit(checkTraining(spec.name, spec.needs, training), options) : (undefined as State)),
      restore: (state) => ready(state as State),
      async score(outputs) {
        if (fit) {
          throw new NotFittedError(
            `score "${spec.name}" learns from training outputs: call fit(trainingOutputs) first and score with what it returns`,
          )
        }
        return ready(undefined as State).score(outputs)
      },
    }
  }
  const properties = { name: spec.name, needs: spec.needs, needsFit: spec.fit !== undefined, fitsOn }
  for (const [key, value] of Object.entries(properties)) Object.defineProperty(create, key, { value, enumerable: true })
  return create as unknown as ScoreDefinition<N, z.input<Schema>>
}

/** An option nobody reads is a mistake of the caller, so objects refuse unknown keys. */
function strict(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject && schema.def.catchall === undefined ? schema.strict() : schema
}

function parseOptions(name: string, schema: z.ZodType, input: unknown): unknown {
  const result = schema.safeParse(input ?? {})
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const where = issue && issue.path.length > 0 ? ` "${issue.path.join('.')}"` : ''
  throw new InvalidOptionError(`score "${name}": option${where} is wrong: ${issue?.message ?? 'not understood'}`)
}

function checkScores(name: string, count: number, scores: Scores): Scores {
  if (scores.length !== count) {
    throw new InvalidInputError(`score "${name}" gave ${scores.length} numbers for ${count} images`)
  }
  const bad = scores.findIndex((score) => !Number.isFinite(score))
  if (bad >= 0) throw new InvalidInputError(`score "${name}" is ${scores[bad]} for image ${bad}`)
  return scores
}

async function closeBanks(state: unknown): Promise<void> {
  const closing: Promise<void>[] = []
  visitState(state, (value) => {
    if (isFeatureBank(value)) closing.push(value.close())
  })
  await Promise.all(closing)
}

/** The outputs of a whole set restricted to what `score` needs; handy for passing rich batches on. */
export function pickOutputs<N extends Need>(outputs: ModelOutputs, needs: readonly N[]): Needed<N> {
  return Object.fromEntries(needs.map((need) => [need, outputs[need]])) as Needed<N>
}
