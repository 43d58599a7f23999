import { InvalidInputError } from '@mode-ood/core'

/** The metrics of one OOD set. */
export interface SetMetrics<Name extends string = string> {
  readonly group: 'near' | 'far'
  readonly metrics: Readonly<Record<Name, number>>
}

/** Means over the sets of a group; a group without sets is absent. */
export interface MetricAverages<Name extends string = string> {
  near?: Record<Name, number>
  far?: Record<Name, number>
  all: Record<Name, number>
}

/**
 * Unweighted means of per-set metrics over the near, the far and all OOD sets: every set counts alike, however many images
 * it has. Pooling the images of several sets and computing one metric gives another number, which a large set dominates.
 *
 * @param sets one record a set; all with the same metric names
 * @throws InvalidInputError without sets, for an unknown group, and for a metric that is missing or not finite.
 *
 * @example averageMetrics([
 *   { group: 'near', metrics: { auroc: 0.8 } },
 *   { group: 'far', metrics: { auroc: 0.9 } },
 * ]).all.auroc // 0.85
 */
export function averageMetrics<Name extends string>(sets: readonly SetMetrics<Name>[]): MetricAverages<Name> {
  if (sets.length === 0) throw new InvalidInputError('there are no OOD sets to average, expected at least one')
  const names = [...new Set(sets.flatMap(({ metrics }) => Object.keys(metrics)))] as Name[]
  sets.forEach((set, index) => checkSet(set, index, names))
  const near = sets.filter(({ group }) => group === 'near')
  const far = sets.filter(({ group }) => group === 'far')
  return {
    ...(near.length > 0 && { near: mean(near, names) }),
    ...(far.length > 0 && { far: mean(far, names) }),
    all: mean(sets, names),
  }
}

function checkSet({ group, metrics }: SetMetrics, index: number, names: readonly string[]): void {
  if (group !== 'near' && group !== 'far') {
    throw new InvalidInputError(`OOD set ${index} is in group ${String(group)}, expected near or far`)
  }
  const name = names.find((candidate) => !Number.isFinite(metrics[candidate]))
  if (name === undefined) return
  throw new InvalidInputError(`metric "${name}" is ${metrics[name]} in OOD set ${index}, expected a finite number`)
}

function mean<Name extends string>(sets: readonly SetMetrics<Name>[], names: readonly Name[]): Record<Name, number> {
  const average = (name: Name) => sets.reduce((sum, { metrics }) => sum + metrics[name], 0) / sets.length
  return Object.fromEntries(names.map((name) => [name, average(name)])) as Record<Name, number>
}
