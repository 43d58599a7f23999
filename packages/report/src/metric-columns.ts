import type { Metrics } from './results.ts'

/** How a metric is shown. */
export interface MetricColumn {
  readonly key: keyof Metrics
  readonly title: string
  readonly better: 'higher' | 'lower'
}

/** The metrics in the order tables show them. The two FPR conventions are two metrics and never share a column. */
export const metricColumns: readonly MetricColumn[] = [
  { key: 'auroc', title: 'AUROC', better: 'higher' },
  { key: 'fpr95IdPositive', title: 'FPR@95 ID positive', better: 'lower' },
  { key: 'fpr95OodPositive', title: 'FPR@95 OOD positive', better: 'lower' },
  { key: 'auprId', title: 'AUPR ID', better: 'higher' },
  { key: 'auprOod', title: 'AUPR OOD', better: 'higher' },
  { key: 'detectionError', title: 'Detection error', better: 'lower' },
]

/** What the two conventions of FPR@95 mean, a sentence each. */
export const fprConventions = {
  idPositive: 'share of OOD images still accepted when the threshold keeps at least 95 % of the ID images',
  oodPositive: 'share of ID images rejected when the threshold catches at least 95 % of the OOD images',
} as const

/** A fraction in percent without the sign: 0.88791 is `88.79`. */
export function percent(fraction: number, digits = 2): string {
  return (100 * fraction).toFixed(digits)
}

/** A 95 % interval in percent: `88.2–89.4`. */
export function percentInterval([low, high]: readonly [number, number]): string {
  return `${percent(low, 1)}–${percent(high, 1)}`
}

/** Which of the values, shown with two digits, are the best; none where there is nothing to compare. */
export function bestOf(values: readonly number[], better: 'higher' | 'lower'): boolean[] {
  if (values.length < 2) return values.map(() => false)
  const best = percent(better === 'higher' ? Math.max(...values) : Math.min(...values))
  return values.map((value) => percent(value) === best)
}

/** The groups of the averages in the order of the sets, `all` last. */
export function averageGroups(averages: Readonly<Record<string, Metrics>>): string[] {
  return [...Object.keys(averages).filter((name) => name !== 'all'), 'all']
}
