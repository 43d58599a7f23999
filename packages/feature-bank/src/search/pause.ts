import type { Pause } from './segment-search.ts'

/** Longest stretch without giving the event loop a turn. */
const sliceMs = 50

/** Gives the event loop of the calling thread a turn now and then. */
export function createPause(): Pause {
  let sliceStart = performance.now()
  return () => {
    if (performance.now() - sliceStart < sliceMs) return undefined
    return new Promise((resolve) => {
      setTimeout(() => {
        sliceStart = performance.now()
        resolve()
      }, 0)
    })
  }
}
