/** What a label is made from. */
export interface LabelledScore {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * One short label a score, in order and distinct: the name; where several scores share it, the options that differ are
 * added (`knn k=10`, `knn k=50`); where even those agree, a number (`msp`, `msp (2)`).
 *
 * @example scoreLabels([{ name: 'knn', options: { k: 10 } }, { name: 'knn', options: { k: 50 } }, { name: 'msp', options: {} }])
 * // ['knn k=10', 'knn k=50', 'msp']
 */
export function scoreLabels(scores: readonly LabelledScore[]): string[] {
  const taken = new Set<string>()
  return scores.map((score) => {
    const label = withOptions(
      score,
      scores.filter(({ name }) => name === score.name),
    )
    let distinct = label
    for (let copy = 2; taken.has(distinct); copy++) distinct = `${label} (${copy})`
    taken.add(distinct)
    return distinct
  })
}

function withOptions({ name, options }: LabelledScore, namesakes: readonly LabelledScore[]): string {
  const keys = [...new Set(namesakes.flatMap((score) => Object.keys(score.options)))]
  const differing = keys.filter((key) => new Set(namesakes.map((score) => word(score.options[key]))).size > 1)
  const shown = differing.filter((key) => options[key] !== undefined).map((key) => `${key}=${word(options[key])}`)
  return [name, ...shown].join(' ')
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
