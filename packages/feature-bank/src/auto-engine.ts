import type { Engine } from './engine.ts'

/** Numbers a bank holds from which threads are worth starting. */
const worthThreads = 2 ** 18

/** One engine for small banks, another for those that have grown. */
export function createAutoEngine(small: Engine, large: Engine): Engine {
  let current = small
  return {
    get name() {
      return current.name
    },
    async search(store, search) {
      if (current === small && store.size * store.dimension >= worthThreads) {
        await small.close()
        current = large
      }
      return current.search(store, search)
    },
    stats: () => current.stats(),
    close: () => current.close(),
  }
}
