import type { Score } from '@mode-ood/core'
import { lacking, type GivenOutputs } from './refuse-without-outputs.ts'

/** What there is to serve scores with. */
export interface Supply {
  readonly model: GivenOutputs
  /** Whether there are images to learn from. */
  readonly hasTraining: boolean
}

/** Scores without those that need what there is not, and a sentence for each reason. */
export function leaveOutUnserved(
  { model, hasTraining }: Supply,
  scores: readonly Score[],
): { readonly scores: Score[]; readonly notes: string[] } {
  const given = new Set<string>([...model.outputs, ...(model.head ? ['head'] : [])])
  const notes = new Map<string, string[]>()
  const served = scores.filter((score) => {
    const missing = score.needs.filter((need) => !given.has(need))
    if (missing.length === 0 && (hasTraining || !score.needsFit)) return true
    const reason =
      missing.length > 0
        ? `need the model's ${missing.join(' and ')}, which ${lacking(model, missing)} does not give`
        : 'learn from training images, and there is no "id.train"'
    notes.set(reason, [...(notes.get(reason) ?? []), score.name])
    return false
  })
  return {
    scores: served,
    notes: [...notes].map(([reason, names]) => `left out: ${names.join(', ')}, which ${reason}`),
  }
}
