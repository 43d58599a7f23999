/** Runs tasks one after the other in the order they are handed in; a task that fails does not stop those behind it. */
export type SerialQueue = <T>(task: () => T | Promise<T>) => Promise<T>

export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const result = last.then(task)
    last = result.catch(() => {})
    return result
  }
}
