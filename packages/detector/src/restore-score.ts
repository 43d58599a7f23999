import { InvalidInputError, type Score } from '@mode-ood/core'
import { combine, type CombineOptions } from '@mode-ood/scores'
import { shippedScores } from './shipped-scores.ts'

/** A score by its name and options, as its `name` and `options` were: a shipped one, or some of them combined. */
export interface ScoreRecipe {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}

/** @throws InvalidInputError for a score that is not shipped. */
export function restoreScore({ name, options }: ScoreRecipe): Score {
  const definition = shippedScores.get(name)
  if (definition) return definition({ ...options })
  const { scores, ...rest } = options
  if (Array.isArray(scores)) {
    const members = scores.map(({ name: member, ...memberOptions }) =>
      restoreScore({ name: String(member), options: memberOptions }),
    )
    return combine(members, rest as CombineOptions)
  }
  throw new InvalidInputError(`score "${name}" is not one of this package: say how to restore it (option score)`)
}
