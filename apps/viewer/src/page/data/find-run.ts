import { loadRun, type Run } from './load-run.ts'
import { inlinedRun, servedRun, type RunSource } from './run-source.ts'

/** What the server says about a run. */
export interface RunEntry {
  readonly name: string
  readonly files: readonly string[]
}

export interface FoundRun {
  readonly name: string
  /** Null when the directory holds a training only. */
  readonly run: Run | null
  /** Null when there is no log of a training. */
  readonly training: RunSource | null
  /** The other evaluations beside it, the newest first; none in a report. */
  readonly others: readonly RunEntry[]
}

/** The run inside the page, or the one that the server names. @throws Error, in a sentence, when it cannot be read. */
export async function findRun(): Promise<FoundRun> {
  const inlined = document.getElementById('inlined-run')?.textContent ?? ''
  if (inlined !== '') {
    const { name, files } = JSON.parse(inlined) as { name: string; files: Record<string, string> }
    return found(inlinedRun(name, files), [])
  }
  const response = await fetch('runs.json')
  if (!response.ok) throw new Error(`the list of runs cannot be read: the server answers ${response.status}`)
  const { run: name, runs } = (await response.json()) as { run: string; runs: RunEntry[] }
  const { files = [] } = runs.find((entry) => entry.name === name) ?? {}
  return found(
    servedRun(name, files),
    runs.filter((entry) => entry.name !== name && entry.files.includes('results.json')),
  )
}

async function found(source: RunSource, others: readonly RunEntry[]): Promise<FoundRun> {
  const training = source.has('metrics.jsonl') ? source : null
  const run = training === null || source.has('results.json') ? await loadRun(source) : null
  return { name: source.name, run, training, others }
}
