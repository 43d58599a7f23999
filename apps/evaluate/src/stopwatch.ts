/** Seconds per stage of a run. */
export interface Stopwatch {
  /** What has passed since the last lap, less what was taken out of it, was spent on `stage`. */
  lap(stage: string): void
  /** Part of the lap that runs was spent on `stage`. */
  take(stage: string, seconds: number): void
  seconds(): Record<string, number>
}

/** A stopwatch that runs from now on. */
export function createStopwatch(): Stopwatch {
  const began = performance.now()
  const laps: [string, number][] = []
  let last = began
  let taken = 0
  return {
    lap(stage) {
      const now = performance.now()
      laps.push([stage, Math.max(0, (now - last) / 1000 - taken)])
      last = now
      taken = 0
    },
    take(stage, seconds) {
      laps.push([stage, seconds])
      taken += seconds
    },
    seconds: () => ({ ...Object.fromEntries(laps), total: (performance.now() - began) / 1000 }),
  }
}
