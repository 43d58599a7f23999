import util from 'node:util'

/** Functions of `node:util` that TensorFlow.js 4.22 calls; Node 23 removed the first. */
const removed: Record<string, (value: unknown) => boolean> = {
  isNullOrUndefined: (value) => value === null || value === undefined,
  isArray: Array.isArray,
}

/** Gives `node:util` back what the native packages need of it and newer versions of Node no longer have. */
export function restoreRemovedFunctions(utilities: Record<string, unknown> = util as never): void {
  for (const [name, replacement] of Object.entries(removed)) utilities[name] ??= replacement
}
