/**
 * Memory a search thread shares with the main thread. The end of the process ends its threads, and ending one inside
 * onnxruntime aborts; so a thread says when it computes, and the process waits for it before it ends.
 */
export type SearchControl = Int32Array<SharedArrayBuffer>

const stopped = 0
const computing = 1

/** Controls of all threads of this process. */
const live = new Set<SearchControl>()

/** How long the end of the process waits for the block of queries under way. */
const patienceMs = 30_000

/** A new thread's control; until it is released, the process waits for the thread's computation before it ends. */
export function createControl(): SearchControl {
  if (live.size === 0) process.once('exit', stopAll)
  const control = new Int32Array(new SharedArrayBuffer(8))
  live.add(control)
  return control
}

export function releaseControl(control: SearchControl): void {
  live.delete(control)
  if (live.size === 0) process.off('exit', stopAll)
}

/** Search thread: runs `compute`, or rejects when the process is about to end, which nobody is left to hear. */
export async function computeUnlessStopped<T>(control: SearchControl, compute: () => Promise<T>): Promise<T> {
  Atomics.add(control, computing, 1)
  try {
    if (Atomics.load(control, stopped) === 1) throw new Error('the process ends')
    return await compute()
  } finally {
    Atomics.sub(control, computing, 1)
    Atomics.notify(control, computing)
  }
}

/** An exit handler runs nothing but synchronous code, so it blocks until the threads are out of onnxruntime. */
function stopAll(): void {
  for (const control of live) Atomics.store(control, stopped, 1)
  for (const control of live) {
    for (let running = Atomics.load(control, computing); running > 0; running = Atomics.load(control, computing)) {
      if (Atomics.wait(control, computing, running, patienceMs) === 'timed-out') return
    }
  }
}
