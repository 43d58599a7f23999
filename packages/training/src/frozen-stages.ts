import { InvalidOptionError } from '@mode-ood/core'
import * as z from 'zod'
import { parseOptions } from './parse-options.ts'
import type { TrainerOptions } from './trainer.ts'

/**
 * How many stages do not learn.
 *
 * @throws InvalidOptionError for more stages than there are, or where none has been learnt: without a state to start from.
 */
export function frozenStages({ spec, state, frozenStages: given }: TrainerOptions): number {
  const stages = parseOptions('frozenStages', z.int().nonnegative().max(spec.stages.length).default(0), given)
  if (stages > 0 && state === undefined) {
    throw new InvalidOptionError(
      `option "frozenStages" is ${stages}, but without "state" these stages would stay random`,
    )
  }
  return stages
}
