import { Worker } from 'node:worker_threads'
import { ModeOodError } from '@mode-ood/core'
import type { Searcher } from '../search/searcher.ts'
import { createControl, releaseControl } from './search-control.ts'
import type { Native, SearchAnswer, SearchMessage } from './search-messages.ts'

/** How long a thread that no bank needs any more waits for another. */
const idleMs = 1000

/** A worker thread, and what it still owes answers to. */
interface Thread {
  post(message: SearchMessage): void
  ask(message: SearchMessage): Promise<SearchAnswer>
  readonly failure: Error | null
  end(): void
}

const idle: Thread[] = []

/** A searcher in a worker thread: one that has become free, or a new one. */
export function startSearchThread(native: Native): Searcher {
  const thread = takeIdle() ?? createThread()
  thread.post({ type: 'open', native })
  return {
    addBlock: (dimension, block) => thread.post({ type: 'block', dimension, block }),
    async build(stretch, precision) {
      const answer = await thread.ask({ type: 'build', stretch, precision })
      return (answer as SearchAnswer & { type: 'built' }).segment
    },
    async recode(segment, precision) {
      const answer = await thread.ask({ type: 'recode', segment, precision })
      return (answer as SearchAnswer & { type: 'built' }).segment
    },
    setSegments: (segments) => thread.post({ type: 'segments', segments }),
    async search(request) {
      const answer = await thread.ask({ type: 'search', request })
      return (answer as SearchAnswer & { type: 'found' }).found
    },
    async close() {
      // By its answer, whatever it was sent before has been carried out or has failed.
      const isSound = await thread.ask({ type: 'close' }).then(
        () => true,
        () => false,
      )
      if (!isSound) return
      idle.push(thread)
      setTimeout(() => {
        const at = idle.indexOf(thread)
        if (at < 0) return
        idle.splice(at, 1)
        thread.end()
      }, idleMs).unref()
    },
  }
}

/** One that has not failed since. */
function takeIdle(): Thread | undefined {
  let thread = idle.pop()
  while (thread?.failure) thread = idle.pop()
  return thread
}

function createThread(): Thread {
  const script = import.meta.url.endsWith('.ts') ? './search-worker-from-source.mjs' : './search-worker.js'
  const control = createControl()
  const worker = new Worker(new URL(script, import.meta.url), { workerData: { control } })
  // A bank nobody closed must not keep the process alive; a call under way does.
  worker.unref()
  const waiting: { resolve(answer: SearchAnswer): void; reject(error: Error): void }[] = []
  let failure: Error | null = null
  const fail = (message: string) => {
    failure ??= new ModeOodError(`a search thread of the feature bank failed: ${message}`)
    for (const { reject } of waiting.splice(0)) reject(failure)
    worker.unref()
  }
  // Terminating a thread inside onnxruntime aborts the process: it ends by itself, after what it was asked before.
  const end = () => worker.postMessage({ type: 'end' } satisfies SearchMessage)
  worker.on('exit', (code) => {
    releaseControl(control)
    fail(`it ended with code ${code}`)
  })
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)))
  worker.on('message', (answer: SearchAnswer) => {
    // Nobody waits for a thread that has failed.
    if (failure) return
    if (answer.type === 'failed') {
      fail(answer.message)
      end()
      return
    }
    const { resolve, reject } = waiting.shift()!
    if (answer.type === 'refused') reject(new ModeOodError(answer.message))
    else resolve(answer)
    if (waiting.length === 0) worker.unref()
  })
  return {
    get failure() {
      return failure
    },
    post: (message) => worker.postMessage(message),
    ask: (message) =>
      new Promise((resolve, reject) => {
        if (failure) {
          reject(failure)
          return
        }
        waiting.push({ resolve, reject })
        worker.ref()
        worker.postMessage(message)
      }),
    end,
  }
}
