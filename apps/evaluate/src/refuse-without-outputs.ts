import { InvalidFileError, type Score } from '@mode-ood/core'
import { shippedScores } from '@mode-ood/detector'

/** What a model gives; `head` is absent where there is no classifier. */
export interface GivenOutputs {
  readonly name: string
  readonly outputs: readonly string[]
  readonly head?: unknown
  /** Where the outputs are stored set by set: the set that lacks one. */
  missingFrom?(need: string): string | undefined
}

/** What lacks the first of the needs that can be told: a set, or the model. */
export function lacking({ name, missingFrom }: GivenOutputs, needs: readonly string[]): string {
  return needs.map((need) => missingFrom?.(need)).find((set) => set !== undefined) ?? name
}

/**
 * Refuses, before any image is run, scores that need what the model does not have.
 *
 * @throws InvalidFileError naming the configuration, those scores, and those that would work.
 */
export function refuseWithoutOutputs(file: string, model: GivenOutputs, scores: readonly Score[]): void {
  const given = new Set<string>([...model.outputs, ...(model.head ? ['head'] : [])])
  const isServed = ({ needs }: Score) => needs.every((need) => given.has(need))
  const refused = scores.filter((score) => !isServed(score))
  if (refused.length === 0) return
  const missing = [...new Set(refused.flatMap(({ needs }) => needs.filter((need) => !given.has(need))))]
  const names = (list: readonly Score[]) => [...new Set(list.map(({ name }) => `"${name}"`))].join(', ')
  const served = scores.filter(isServed)
  const known = [...shippedScores.values()].filter((definition) => isServed(definition())).map(({ name }) => name)
  const others =
    served.length > 0
      ? `; of the others ${names(served)} can be computed`
      : `; scores that work are ${known.join(', ')}`
  const isMany = refused.length > 1
  throw new InvalidFileError(
    file,
    `score${isMany ? 's' : ''} ${names(refused)} need${isMany ? '' : 's'} the model's ${missing.join(' and ')}, which ${lacking(model, missing)} does not give${others}`,
  )
}
