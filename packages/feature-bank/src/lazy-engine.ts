import type { Engine } from './engine.ts'

/** An engine that is started by the first search. */
export function createLazyEngine(name: Engine['name'], start: () => Promise<Engine>): Engine {
  let starting: Promise<Engine> | undefined
  let started: Engine | undefined
  return {
    name,
    async search(...call) {
      started = await (starting ??= start())
      return started.search(...call)
    },
    stats: () => started?.stats() ?? {},
    close: async () => started?.close(),
  }
}
