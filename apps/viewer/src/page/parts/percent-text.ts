/** A fraction as people read it: `12.3 %`. */
export function percentText(fraction: number, digits = 1): string {
  return `${(100 * fraction).toFixed(digits)} %`
}

/** A number of a score: as many digits as tell two images apart. */
export function scoreText(score: number): string {
  if (!Number.isFinite(score)) return score < 0 ? '−∞' : '∞'
  return Number(score.toPrecision(5)).toString().replace('-', '−')
}
