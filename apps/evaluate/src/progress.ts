import { SingleBar } from 'cli-progress'

/** A terminal, a pipe, or anything else that takes text. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

/** Shows how far a run is: a bar with rate and time left on a terminal, a line a stage elsewhere. */
export interface Progress {
  /** Begins a stage of `total` steps. */
  start(stage: string, total: number): void
  /** `done` more steps of the stage. */
  advance(done: number): void
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
  let began = 0
  let steps = 0
  const clear = () => {
    bar?.stop()
    bar = null
  }
  return {
    start(name, total) {
      stage = name
      began = now()
      steps = 0
      if (!stream.isTTY) return
      bar = new SingleBar({
        stream,
        format: '  {bar} {percentage}% | {stage} | {value}/{total} | {rate}/s | {eta_formatted} left',
        barsize: 24,
        clearOnComplete: true,
        hideCursor: true,
        etaBuffer: 50,
      })
      bar.start(Math.max(1, total), 0, { stage, rate: '…' })
    },
    advance(done) {
      steps += done
      bar?.increment(done, { rate: Math.round((steps * 1000) / Math.max(1, now() - began)) })
    },
    finish(note) {
      clear()
      const seconds = (now() - began) / 1000
      const rate = steps > 0 && seconds > 0.2 ? `, ${Math.round(steps / seconds)}/s` : ''
      stream.write(`  ${stage}: ${note ?? `${steps}`} (${seconds.toFixed(1)} s${rate})\n`)
    },
    say(line) {
      const running = bar
      running?.stop()
      stream.write(`${line}\n`)
      if (running) this.start(stage, running.getTotal())
    },
    stop: clear,
  }
}
