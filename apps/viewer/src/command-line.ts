import { parseOptions, wholeNumber } from '@mode-ood/command'
import { InvalidOptionError } from '@mode-ood/core'

/** What a person asked for on the command line. */
export interface CommandLine {
  /** Null: the newest below `runs/`. */
  readonly run: string | null
  /** Null: any that is free. */
  readonly port: number | null
  readonly host: string
  readonly open: boolean
  readonly help: boolean
  readonly debug: boolean
}

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  'no-open': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  debug: { type: 'boolean' },
} as const

export const helpText: string = `Look at what an evaluation or a training wrote, in a browser.

  npm run view -- [RUN_DIR] [options]

  RUN_DIR          a directory with results.json or metrics.jsonl (default: the newest below runs/)
  --port N         the port to listen on (default: any that is free)
  --host NAME      the address to listen on (default: 127.0.0.1, which only this machine reaches)
  --no-open        do not open a browser
  --debug          show a stack trace when something fails
  -h, --help       this text

Ctrl-C ends it. Exit code: 0 done, 1 failed, 2 wrong usage.
`

/** @throws InvalidOptionError naming the option, and the nearest valid one where it is unknown. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const takesValue = (arg: string | undefined) => arg === '--port' || arg === '--host'
  const isRun = (arg: string, i: number) => !arg.startsWith('-') && !takesValue(args[i - 1])
  const runs = args.filter(isRun)
  if (runs.length > 1) throw new InvalidOptionError(`give one RUN_DIR, not ${runs.length} (${runs.join(', ')})`)
  const given = parseOptions(
    args.filter((arg, i) => !isRun(arg, i)),
    options,
  )
  return {
    run: runs[0] ?? null,
    port: wholeNumber('--port', given.port, { most: 65_535 }),
    host: given.host ?? '127.0.0.1',
    open: !given['no-open'],
    help: given.help,
    debug: given.debug,
  }
}
