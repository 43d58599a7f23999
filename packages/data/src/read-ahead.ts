/**
 * The items of `source`, each asked for before the one in front of it is handed out: the source works while the consumer
 * does. Leaving early waits for the one item under way and closes the source.
 */
export async function* readAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T> {
  let upcoming = ask(source)
  try {
    for (;;) {
      const item = await upcoming
      if (item.done === true) return
      upcoming = ask(source)
      yield item.value
    }
  } finally {
    await source.return(undefined)
  }
}

/** A rejection is seen when its turn comes; until then it must not count as unhandled. */
function ask<T>(source: AsyncGenerator<T>): Promise<IteratorResult<T>> {
  const item = source.next()
  item.catch(() => {})
  return item
}
