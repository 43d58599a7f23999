import { parseOptions, standardOptions } from '@mode-ood/command'

/** What a person asked for on the command line. */
export interface CommandLine {
  readonly config: string | null
  readonly output: string | null
  readonly resume: boolean
  readonly schema: boolean
  readonly help: boolean
  readonly debug: boolean
}

const options = {
  config: { type: 'string' },
  output: { type: 'string' },
  resume: { type: 'boolean' },
  ...standardOptions,
} as const

export const helpText: string = `Train a network so that out-of-distribution images can be told from what it knows.

  npm run train -- --config FILE [options]

  --config FILE    YAML or JSON: model, id.train, loss, optimizer, schedule, epochs, …; paths in it are relative to it
  --output DIR     where the model, checkpoints, metrics.jsonl and training.html go (default: runs/NAME)
  --resume         go on from the newest checkpoint in DIR; the weights become the very ones of a run without a break
  --schema         print the JSON Schema of the configuration
  --debug          show a stack trace when something fails
  -h, --help       this text

Ctrl-C saves and leaves; once more leaves at once.
Exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
`

/** @throws InvalidOptionError naming the option, and the nearest valid one where it is unknown. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  return parseOptions(args, options)
}
