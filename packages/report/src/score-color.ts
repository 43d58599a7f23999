/** Colours the style sheet has, `--score-0` and on. */
const scoreColors = 8

const dashes = ['none', '6 3', '2 3'] as const

/** How a score is drawn wherever it appears: one of eight colours, and dashes where there are more scores than colours. */
export interface ScoreLook {
  readonly color: string
  readonly dash: string
}

/** The look of the i-th score of the results. */
export function scoreLook(i: number): ScoreLook {
  return { color: `var(--score-${i % scoreColors})`, dash: dashes[Math.floor(i / scoreColors) % dashes.length]! }
}

/** A short stroke in the score's look, for legends and tables. */
export function scoreSwatch(i: number): string {
  const { color, dash } = scoreLook(i)
  return `<svg class="swatch" width="18" height="8" aria-hidden="true"><path d="M0 4H18" stroke="${color}" stroke-width="3" stroke-dasharray="${dash}"/></svg>`
}
