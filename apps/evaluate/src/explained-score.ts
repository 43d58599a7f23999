/** A score, before or after a run. */
interface NamedScore {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}

/** What the options of csd but k are where it decides as an explanation says. */
const plainOptions: Readonly<Record<string, unknown>> = {
  neighbors: 'vectors',
  banks: 'shared',
  calibrated: false,
  aggregation: 'min',
}

/** Index of the score that is explained: the first csd that decides by k alone; -1 where there is none. */
export function explainedScore(scores: readonly NamedScore[]): number {
  return scores.findIndex((score) => score.name === 'csd' && variantOf(score) === '')
}

/** What makes of csd another score than the one that is explained: `aggregation "mean"`; empty for that one. */
export function variantOf({ options }: NamedScore): string {
  return Object.entries(plainOptions)
    .filter(([name, plain]) => options[name] !== undefined && options[name] !== plain)
    .map(([name]) => `${name} ${JSON.stringify(options[name])}`)
    .join(', ')
}
