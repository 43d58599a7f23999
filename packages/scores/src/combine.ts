import {
  defineScore,
  InvalidInputError,
  InvalidOptionError,
  type FittedScore,
  type Need,
  type Needed,
  type Score,
  type TrainingData,
} from '@mode-ood/core'
import * as z from 'zod'
import { combinedPValues } from './combining/combined-p-values.ts'
import { pValues } from './combining/p-values.ts'
import { splitTraining } from './combining/split-training.ts'
import { repeatable } from './statistics/repeatable.ts'

/** How scores are combined. */
export interface CombineOptions {
  /** `fisher`, the default, adds the evidence of all scores; `min` takes the strongest, with Bonferroni's correction. */
  readonly method?: 'fisher' | 'min' | undefined
  /** Share of the training images that no score is fitted on, and p-values are calibrated by; 0.2 unless given. */
  readonly holdOut?: number | undefined
  /** Chooses the images that are held out; 0 unless given. */
  readonly seed?: number | undefined
}

interface CombinedState {
  readonly members: readonly unknown[]
  /** The scores of the held-out images, ascending, one array a member. */
  readonly calibration: readonly Float64Array[]
}

const schema = z.object({
  method: z.enum(['fisher', 'min']).default('fisher'),
  holdOut: z.number().gt(0).lt(1).default(0.2),
  seed: z.int().default(0),
  scores: z.array(z.looseObject({ name: z.string() })),
})

/**
 * Several scores as one: each becomes a p-value by held-out training images, and these are combined by Fisher's method or as m times
 * the least of m (Bonferroni). Scales and units of the scores do not matter.
 *
 * `min` is at most α for a share α of in-distribution images, whatever the scores' dependence; Fisher's value is a p-value only of
 * independent scores, but ranks images in any case. An image less like the ID data than all that were held out gets the least
 * p-value, 1 / (n + 1), and several of those are told apart by other scores only. The model has seen the held-out images; where that
 * matters, calibrate the combined score on others.
 *
 * Where no score learns, all training images calibrate. Fitting takes a pass more than the scores.
 *
 * Fisher, "Statistical Methods for Research Workers", 1932; for OOD detection, Magesh et al., "Principled OOD Detection via Multiple
 * Testing", JMLR 2023.
 *
 * @throws InvalidOptionError for fewer than two scores.
 *
 * @example const fitted = await combine([csd(), energy()]).fit(trainingOutputs)
 */
export function combine<N extends Need>(scores: readonly Score<N>[], options: CombineOptions = {}): Score<N> {
  if (scores.length < 2) throw new InvalidOptionError(`combine takes at least two scores, and got ${scores.length}`)
  const name = scores.map((score) => score.name).join('+')
  const needs = [...new Set(scores.flatMap((score) => score.needs))]
  const definition = defineScore<N, CombinedState, typeof schema>({
    name,
    needs,
    options: schema,
    async fit(training, { holdOut, seed }) {
      const data = repeatable(name, training)
      const learns = scores.some((score) => score.needsFit)
      const { fitting, heldOut } = learns ? splitTraining(data, needs, holdOut, seed) : { fitting: data, heldOut: data }
      return fitMembers(name, scores, fitting, heldOut)
    },
    async score(outputs, { method }, { members, calibration }) {
      const values: Float64Array[] = []
      for (const [i, score] of scores.entries()) {
        values.push(pValues(calibration[i]!, await score.restore(members[i]).score(outputs)))
      }
      return combinedPValues(method, values)
    },
  })
  return definition({ ...options, scores: scores.map((score) => ({ name: score.name, ...score.options })) })
}

async function fitMembers<N extends Need>(
  name: string,
  scores: readonly Score<N>[],
  fitting: TrainingData<N>,
  heldOut: TrainingData<N>,
): Promise<CombinedState> {
  const fitted: FittedScore<N>[] = []
  try {
    for (const score of scores) fitted.push(await score.fit(fitting))
    const calibration = scores.map((): number[] => [])
    for await (const batch of heldOut) {
      for (const [i, member] of fitted.entries()) {
        for (const value of await member.score(batch as Needed<N>)) calibration[i]!.push(value)
      }
    }
    if (calibration[0]!.length === 0) {
      throw new InvalidInputError(`score "${name}" has no images to calibrate by: give more training images`)
    }
    return {
      members: fitted.map(({ state }) => state),
      calibration: calibration.map((values) => Float64Array.from(values).sort()),
    }
  } catch (error) {
    await Promise.all(fitted.map((member) => member.close()))
    throw error
  }
}
