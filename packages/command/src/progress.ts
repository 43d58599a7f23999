import { SingleBar } from 'cli-progress'

/** A terminal, a pipe, or anything else that takes text. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

/** Shows how far a run is: a bar with rate and time left on a terminal, a line a stage elsewhere. */
export interface Progress {
  /** Begins a stage of `total` steps, `done` of which were done before. */
  start(stage: string, total: number, done?: number): void
  /** `done` more steps of the stage; `note` is what else the bar shows from now on. */
  advance(done: number, note?: string): void
  /** Ends the stage; `note` is added to its line. */
  finish(note?: string): void
  /** A line of its own, above the bar. */
  say(line: string): void
  /** Takes an unfinished bar off the screen. */
  stop(): void
}

export function createProgress(stream: OutputStream, now: () => number = () => performance.now()): Progress {
  let bar: SingleBar | null = null
  let stage = ''
  let note = ''
  let total = 0
  let before = 0
  let began = 0
  let steps = 0
  const rate = () => (steps === 0 ? '…' : Math.round((steps * 1000) / Math.max(1, now() - began)))
  const draw = () => {
    if (!stream.isTTY) return
    bar = new SingleBar({
      stream,
      format: '  {bar} {percentage}% | {stage} | {value}/{total} | {rate}/s | {eta_formatted} left{note}',
      barsize: 24,
      clearOnComplete: true,
      hideCursor: true,
      etaBuffer: 50,
    })
    bar.start(Math.max(1, total), before + steps, { stage, note, rate: rate() })
  }
  const clear = () => {
    bar?.stop()
    bar = null
  }
  return {
    start(name, count, done = 0) {
      ;[stage, note, total, before, steps, began] = [name, '', count, done, 0, now()]
      draw()
    },
    advance(done, said) {
      steps += done
      if (said !== undefined) note = ` | ${said}`
      bar?.increment(done, { rate: rate(), note })
    },
    finish(said) {
      clear()
      const seconds = (now() - began) / 1000
      const speed = steps > 0 && seconds > 0.2 ? `, ${Math.round(steps / seconds)}/s` : ''
      stream.write(`  ${stage}: ${said ?? `${steps}`} (${seconds.toFixed(1)} s${speed})\n`)
    },
    say(line) {
      const isRunning = bar !== null
      clear()
      stream.write(`${line}\n`)
      if (isRunning) draw()
    },
    stop: clear,
  }
}
