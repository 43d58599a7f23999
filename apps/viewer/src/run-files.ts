import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** The files of a run that the page reads, with their types; nothing else is ever served. */
const types: readonly (readonly [name: RegExp, type: string])[] = [
  [/^results\.json$/, 'application/json; charset=utf-8'],
  [/^metrics\.jsonl$/, 'application/x-ndjson; charset=utf-8'],
  [/^scores\.safetensors$/, 'application/octet-stream'],
  [/^explanation\.safetensors$/, 'application/octet-stream'],
  [/^images\.json$/, 'application/json; charset=utf-8'],
  [/^images-\d{4,}\.webp$/, 'image/webp'],
]

/** The content type of a file of a run; null for any other name. */
export function runFileType(name: string): string | null {
  return types.find(([pattern]) => pattern.test(name))?.[1] ?? null
}

/** A directory with the results of an evaluation or the log of a training. */
export interface RunEntry {
  /** Of the directory, below the directory of runs. */
  readonly name: string
  /** Those that the page can ask for. */
  readonly files: readonly string[]
  /** When its results or its log were written, in milliseconds. */
  readonly modified: number
}

/** The runs directly below a directory, the newest first; none when it cannot be read. */
export async function listRuns(directory: string): Promise<RunEntry[]> {
  const names = await readdir(directory).catch(() => [])
  const entries = await Promise.all(names.map((name) => describeRun(directory, name)))
  return entries.filter((entry) => entry !== null).sort((a, b) => b.modified - a.modified)
}

/** The files of a run; null for a directory that is none. */
export async function describeRun(directory: string, name: string): Promise<RunEntry | null> {
  const all = await readdir(join(directory, name)).catch(() => [])
  const files = all.filter((file) => runFileType(file) !== null)
  const telling = files.filter((file) => file === 'results.json' || file === 'metrics.jsonl')
  const written = await Promise.all(telling.map((file) => stat(join(directory, name, file)).catch(() => null)))
  const modified = Math.max(0, ...written.map((found) => found?.mtimeMs ?? 0))
  return modified === 0 ? null : { name, files, modified }
}
