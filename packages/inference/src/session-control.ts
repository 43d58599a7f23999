/**
 * Memory a session thread shares with the main thread. Ending a thread, or the process, while onnxruntime computes in it
 * aborts the whole process; so a thread says when it computes, and whoever wants an end asks and waits.
 */
export type SessionControl = Int32Array<SharedArrayBuffer>

const stopped = 0
const computing = 1

/** Controls of all threads of this process. */
const live = new Set<SessionControl>()

/** How long the end of the process waits for computations under way. */
const patienceMs = 30_000

/** A new thread's control; until it is released, the process waits for the thread's computations before it ends. */
export function createControl(): SessionControl {
  if (live.size === 0) process.once('exit', stopAll)
  const control = new Int32Array(new SharedArrayBuffer(8))
  live.add(control)
  return control
}

export function releaseControl(control: SessionControl): void {
  live.delete(control)
  if (live.size === 0) process.off('exit', stopAll)
}

/** Main thread: no computation may begin any more. */
export function stop(control: SessionControl): void {
  Atomics.store(control, stopped, 1)
}

/** Session thread: runs `compute` unless it has been told to stop; then the promise is `undefined`. */
export async function computeUnlessStopped<T>(
  control: SessionControl,
  compute: () => Promise<T>,
): Promise<T | undefined> {
  Atomics.add(control, computing, 1)
  try {
    return Atomics.load(control, stopped) === 0 ? await compute() : undefined
  } finally {
    Atomics.sub(control, computing, 1)
    Atomics.notify(control, computing)
  }
}

/** An exit handler runs nothing but synchronous code, so it blocks until the threads are out of onnxruntime. */
function stopAll(): void {
  for (const control of live) stop(control)
  for (const control of live) {
    for (let running = Atomics.load(control, computing); running > 0; running = Atomics.load(control, computing)) {
      if (Atomics.wait(control, computing, running, patienceMs) === 'timed-out') return
    }
  }
}
