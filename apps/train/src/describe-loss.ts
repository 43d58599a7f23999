import type { StepsRecord } from '@mode-ood/report'

/** A loss with its summands and the learning rate, for a progress bar. */
export function describeLoss({ loss, parts, learningRate }: StepsRecord): string {
  const summands = Object.entries(parts).map(([name, value]) => `${name} ${value.toFixed(3)}`)
  const inside = summands.length > 0 ? ` (${summands.join(', ')})` : ''
  return `loss ${loss.toFixed(3)}${inside}, rate ${Number(learningRate.toPrecision(3))}`
}
