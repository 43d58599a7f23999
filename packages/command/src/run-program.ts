import { rmSync } from 'node:fs'
import * as z from 'zod'
import { explainFailure } from './explain-failure.ts'
import { createProgress, type OutputStream, type Progress } from './progress.ts'

/** Where a command writes: results to `stdout`, progress and errors to `stderr`. */
export interface CommandStreams {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
}

/** What a command works with. */
export interface CommandContext extends CommandStreams {
  readonly progress: Progress
  /** Files and directories to remove when the command ends, however it ends. */
  removeAtEnd(path: string): void
  /** Calls `handle` on Ctrl-C instead of ending the process at once. npm sends the signal twice. */
  onInterrupt(handle: () => void): void
  /** Ends the process as Ctrl-C does without a handler. */
  leave(): never
}

export interface Program<L> {
  readonly help: string
  /** Of the configuration, for `--schema`; absent where there is none. */
  readonly schema?: z.ZodType
  parse(args: readonly string[]): L
  /** Does the work and gives the exit code. */
  run(line: L, context: CommandContext): Promise<number>
}

/** Options that every command has. */
export const standardOptions = {
  schema: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  debug: { type: 'boolean' },
} as const

type StandardLine = { readonly help: boolean; readonly debug: boolean; readonly schema?: boolean }

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Runs a command and gives its exit code: 0 done, 1 failed, 2 wrong usage; 130 interrupted. */
export async function runProgram<L extends StandardLine>(
  program: Program<L>,
  args: readonly string[],
  { stdout, stderr }: CommandStreams = process,
): Promise<number> {
  let debug = args.includes('--debug')
  const progress = createProgress(stderr)
  const temporary: string[] = []
  const cleanUp = () => {
    for (const path of temporary) rmSync(path, { recursive: true, force: true })
  }
  const leave = (): never => {
    progress.stop()
    cleanUp()
    stderr.write('interrupted; nothing half-written was left behind\n')
    process.exit(130)
  }
  let handle: () => void = leave
  const interrupt = () => handle()
  // Not `once`: npm sends the signal a second time, and that must not end the process in the middle of its clean-up.
  for (const signal of signals) process.on(signal, interrupt)
  try {
    const line = program.parse(args)
    debug = line.debug
    if (line.help) {
      stdout.write(program.help)
      return 0
    }
    if (line.schema && program.schema) {
      stdout.write(`${JSON.stringify(z.toJSONSchema(program.schema, { io: 'input' }), null, 2)}\n`)
      return 0
    }
    return await program.run(line, {
      stdout,
      stderr,
      progress,
      removeAtEnd: (path) => void temporary.push(path),
      onInterrupt: (handler) => (handle = handler),
      leave,
    })
  } catch (error) {
    progress.stop()
    return explainFailure(error, stderr, debug)
  } finally {
    cleanUp()
    for (const signal of signals) process.off(signal, interrupt)
  }
}
