/**
 * Results of `work` in the order of `items`, with up to `limit()` of them under way at any time. The first failure in
 * order is thrown where its result would have come. Whether it ends, fails or is left early, nothing is under way afterwards.
 */
export async function* mapInOrder<T, R>(
  items: Iterable<T>,
  limit: () => number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const remaining = items[Symbol.iterator]()
  const underWay: Promise<R>[] = []
  let more = true
  try {
    for (;;) {
      while (more && underWay.length < limit()) {
        const item = remaining.next()
        if (item.done === true) {
          more = false
        } else {
          const result = work(item.value)
          result.catch(() => {})
          underWay.push(result)
        }
      }
      const [first] = underWay
      if (first === undefined) return
      const result = await first
      underWay.shift()
      yield result
    }
  } finally {
    await Promise.allSettled(underWay)
  }
}
