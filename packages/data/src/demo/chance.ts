import type { Random } from '@mode-ood/core'

/** A number between `low` and `high`, every one equally likely. */
export const between = (random: Random, low: number, high: number): number => low + (high - low) * random.uniform()

/** One of `choices`, each equally likely. */
export const pick = <T>(random: Random, choices: readonly T[]): T => choices[random.integer(choices.length)]!

/** `make` called between `low` and `high` times (both included), joined. */
export function several(random: Random, low: number, high: number, make: () => string): string {
  return Array.from({ length: low + random.integer(high - low + 1) }, make).join('')
}
