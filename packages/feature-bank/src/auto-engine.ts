import type { Engine } from './engine.ts'
import { createPlainEngine } from './plain-engine.ts'

/** Numbers a bank holds from which threads are worth starting. */
const worthThreads = 2 ** 18

/**
 * Plain search for small banks; onnxruntime, started when a bank has grown to need it, for others. Where onnxruntime cannot
 * be had, `onReason` is told why and plain search goes on.
 */
export function createAutoEngine(
  start: () => Promise<Engine>,
  onChoice: (engine: Engine['name'], reason?: string) => void,
): Engine {
  const plain = createPlainEngine()
  let threaded: Engine | null = null
  let refused = false
  return {
    name: 'plain',
    async search(store, search) {
      if (threaded === null && !refused && store.size * store.dimension >= worthThreads) {
        try {
          const engine = await start()
          const found = await engine.search(store, search)
          threaded = engine
          onChoice(engine.name)
          return found
        } catch (error) {
          refused = true
          onChoice('plain', (error as Error).message)
        }
      }
      return (threaded ?? plain).search(store, search)
    },
    close: async () => threaded?.close(),
  }
}
