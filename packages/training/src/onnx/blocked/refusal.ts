import type { BackboneSpec } from '@mode-ood/backbones'

/**
 * Why the blocked layout cannot hold the maps of a network for images of this size, in half a sentence: a stride of 2 takes
 * even and odd columns apart, so there must be as many of each.
 */
export function blockedRefusal({ stem, stages }: BackboneSpec, height: number, width: number): string | undefined {
  const strides = [stem.stride, ...(stem.maxPool ? [2] : []), ...stages.map(({ stride }) => stride)]
  let [rows, columns] = [height, width]
  for (const stride of strides) {
    if (stride === 1) continue
    if (rows % 2 === 1 || columns % 2 === 1)
      return `a map of ${rows} x ${columns} is odd where the network strides by 2`
    rows /= 2
    columns /= 2
  }
  return undefined
}
