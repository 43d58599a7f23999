/** A way to train the network. */
export interface Arm {
  readonly name: string
  /** As in a training configuration. */
  readonly loss: 'ce' | 'supcon' | 'alpa' | 'ce+alpa' | 'supcon+alpa'
  /** The arm whose network it goes on with; from random weights where there is none. */
  readonly continues?: string
}

/** In the order in which they are trained. */
export const arms: readonly Arm[] = [
  { name: 'ce', loss: 'ce' },
  { name: 'ce+alpa', loss: 'ce+alpa' },
  { name: 'supcon', loss: 'supcon' },
  { name: 'mode-t', loss: 'supcon+alpa' },
  { name: 'mode-f', loss: 'alpa', continues: 'supcon' },
  { name: 'supcon-longer', loss: 'supcon', continues: 'supcon' },
]

/** An arm with ALPA and the one that has everything else in common with it. */
export interface Comparison {
  readonly arm: string
  readonly base: string
}

export const comparisons: readonly Comparison[] = [
  { arm: 'ce+alpa', base: 'ce' },
  { arm: 'mode-t', base: 'supcon' },
  { arm: 'mode-f', base: 'supcon-longer' },
]
