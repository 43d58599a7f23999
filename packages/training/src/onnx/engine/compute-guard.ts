/**
 * Memory that a thread shares with the main thread. Ending a thread, or the process, while onnxruntime computes in it aborts
 * the whole process; so a thread says when it computes, and whoever wants an end asks and waits.
 */
export type ComputeGuard = Int32Array<SharedArrayBuffer>

const stopped = 0
const computing = 1

/** Guards of all training threads of this process. */
const live = new Set<ComputeGuard>()

/** How long the end of the process waits for computations under way. */
const patienceMs = 30_000

/** A new thread's guard; until it is released, the process waits for the thread's computations before it ends. */
export function createGuard(): ComputeGuard {
  if (live.size === 0) process.once('exit', stopAll)
  const guard = new Int32Array(new SharedArrayBuffer(8))
  live.add(guard)
  return guard
}

export function releaseGuard(guard: ComputeGuard): void {
  live.delete(guard)
  if (live.size === 0) process.off('exit', stopAll)
}

/** Main thread: no computation may begin any more. */
export function stop(guard: ComputeGuard): void {
  Atomics.store(guard, stopped, 1)
}

/** Training thread: runs `compute`. @throws Error when the thread has been told to stop. */
export async function computeGuarded<T>(guard: ComputeGuard, compute: () => Promise<T>): Promise<T> {
  Atomics.add(guard, computing, 1)
  try {
    if (Atomics.load(guard, stopped) !== 0) throw new Error('the trainer has been closed')
    return await compute()
  } finally {
    Atomics.sub(guard, computing, 1)
    Atomics.notify(guard, computing)
  }
}

/** An exit handler runs nothing but synchronous code, so it blocks until the threads are out of onnxruntime. */
function stopAll(): void {
  for (const guard of live) stop(guard)
  for (const guard of live) {
    for (let running = Atomics.load(guard, computing); running > 0; running = Atomics.load(guard, computing)) {
      if (Atomics.wait(guard, computing, running, patienceMs) === 'timed-out') return
    }
  }
}
