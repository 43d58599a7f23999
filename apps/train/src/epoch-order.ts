import { createRandom } from '@mode-ood/core'

/** The order in which an epoch goes through `count` images: by seed and epoch alone, so that a run can go on anywhere. */
export function epochOrder(count: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  return createRandom(`${seed}/order/${epoch}`).shuffle(order)
}
