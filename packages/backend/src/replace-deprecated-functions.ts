import util from 'node:util'

/** Functions of `node:util` that the native packages 4.22 call: Node 23 removed the first, and warns of the second. */
const replacements: Record<string, (value: unknown) => boolean> = {
  isNullOrUndefined: (value) => value === null || value === undefined,
  isArray: Array.isArray,
}

/** Gives `node:util` what the native packages need of it, in versions that are there and do not warn. */
export function replaceDeprecatedFunctions(utilities: Record<string, unknown> = util as never): void {
  Object.assign(utilities, replacements)
}
