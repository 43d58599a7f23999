import { InferenceSession, type Tensor } from 'onnxruntime-node'
import { sessionOptions } from './session-options.ts'

/** A graph that can be run, from within the thread's guard. */
export interface GuardedSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: Readonly<Record<string, Tensor | null>>,
  ): Promise<Record<string, Tensor>>
}

/** Sessions of one thread by what their graphs were written for. */
export interface SessionCache {
  /**
   * The session under `key`, opened over the graph that `emit` gives when it is not there.
   *
   * @param images how many the graph is for.
   */
  get(key: string, images: number, emit: () => Uint8Array): Promise<GuardedSession>
  close(): Promise<void>
}

/** The full batch, the last one of an epoch, their like of a validation set, the optimiser. */
const mostSessions = 5

/**
 * Keeps the sessions used last. The runtime's arena makes a step a third faster and keeps all of the step's memory; so only
 * sessions for the largest batch so far have one, and a small last batch does not double the memory.
 *
 * @param guarded runs what computes, or refuses to.
 */
export function createSessionCache(guarded: <T>(compute: () => Promise<T>) => Promise<T>): SessionCache {
  const sessions = new Map<string, InferenceSession>()
  let largest = 0
  return {
    async get(key, images, emit) {
      let session = sessions.get(key)
      sessions.delete(key)
      if (!session) {
        if (sessions.size >= mostSessions) {
          const [oldest, unused] = sessions.entries().next().value!
          sessions.delete(oldest)
          await unused.release()
        }
        const bytes = emit()
        session = await guarded(() => InferenceSession.create(bytes, sessionOptions(images >= largest)))
      }
      largest = Math.max(largest, images)
      sessions.set(key, session)
      const { inputNames, outputNames } = session
      const opened = session
      return { inputNames, outputNames, run: (feeds, fetches) => guarded(() => opened.run(feeds, fetches)) }
    },
    async close() {
      for (const session of sessions.values()) await session.release()
      sessions.clear()
    },
  }
}
