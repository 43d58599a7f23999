import { createRandom } from '@mode-ood/core'

/** A random sample of items that come one by one, their number unknown. */
export interface RowSample<T> {
  /** The next item; `make` is called if it is taken, for now or for good. */
  offer(make: () => T): void
  /** The sample of what was offered. */
  items(): readonly T[]
}

/**
 * Samples a `fraction` of the items without replacement, and not fewer than `atLeast` where there are so many: one of every
 * 1 / fraction consecutive items by chance, so that data ordered by class keep their classes, or, where that would be too
 * few, `atLeast` of all. The sample depends on the seed and the order of the items, not on batches.
 */
export function createRowSample<T>(fraction: number, atLeast: number, seed: number): RowSample<T> {
  const random = createRandom(`sample ${seed}`)
  const [inStrata, inReservoir] = [random.fork('strata'), random.fork('reservoir')]
  const strata: T[] = []
  const reservoir: T[] = []
  let count = 0
  let stratum = 0
  let end = 0
  let pick = 0
  return {
    offer(make) {
      if (count === end) {
        end = Math.max(count + 1, Math.round(++stratum / fraction))
        pick = count + inStrata.integer(end - count)
      }
      const place = count < atLeast ? count : inReservoir.integer(count + 1)
      if (count === pick || place < atLeast) {
        const item = make()
        if (count === pick) strata.push(item)
        if (place < atLeast) reservoir[place] = item
      }
      count++
    },
    items: () => (strata.length >= reservoir.length ? strata : reservoir),
  }
}
