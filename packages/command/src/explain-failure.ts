import { inspect } from 'node:util'
import { InvalidOptionError, ModeOodError } from '@mode-ood/core'
import type { OutputStream } from './progress.ts'

/** Writes one sentence for what was foreseen, for a defect its message and how to see more; gives the exit code, 1 or 2. */
export function explainFailure(error: unknown, stderr: OutputStream, debug: boolean): number {
  if (debug) stderr.write(`${inspect(error)}\n`)
  if (error instanceof ModeOodError) {
    stderr.write(`error: ${error.message}\n`)
    return error instanceof InvalidOptionError ? 2 : 1
  }
  const message = error instanceof Error ? error.message.split('\n')[0] : String(error)
  const code = (error as NodeJS.ErrnoException).code
  const foreseen = typeof code === 'string' && /^E[A-Z]+$/.test(code)
  stderr.write(foreseen ? `error: ${message}\n` : `error: ${message} (unexpected; --debug shows where)\n`)
  return 1
}
