import type { CommandStreams } from './run-program.ts'
import { systemReason } from './system-reason.ts'

/**
 * Runs a command as this process: its arguments, its streams, its exit code. A reader that has seen enough (`| head`) is no
 * failure, and the files are still to be written; any other failure of the standard output is one.
 */
export async function startProgram(
  runCommand: (args: readonly string[], streams?: CommandStreams) => Promise<number>,
): Promise<void> {
  let isCut = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || isCut) return
    isCut = true
    process.stderr.write(`error: the table cannot be written to the standard output: ${systemReason(error)}\n`)
  })
  process.stderr.on('error', () => {})
  const code = await runCommand(process.argv.slice(2))
  process.exitCode = isCut && code === 0 ? 1 : code
}
