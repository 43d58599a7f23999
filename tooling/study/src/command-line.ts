import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearest, parseOptions, standardOptions, wholeNumber } from '@mode-ood/command'
import { InvalidOptionError } from '@mode-ood/core'
import { type Arm, arms } from './protocol/arms.ts'

/** What a person asked for. */
export interface CommandLine {
  readonly seeds: number
  readonly epochs: number
  readonly continuationEpochs: number
  readonly arms: readonly Arm[]
  readonly workers: number
  readonly output: string
  readonly results: string
  readonly tables: boolean
  readonly schema: boolean
  readonly help: boolean
  readonly debug: boolean
}

const repository = fileURLToPath(new URL('../../../', import.meta.url))

const options = {
  seeds: { type: 'string' },
  epochs: { type: 'string' },
  continuation: { type: 'string' },
  arms: { type: 'string' },
  workers: { type: 'string' },
  output: { type: 'string' },
  results: { type: 'string' },
  tables: { type: 'boolean' },
  ...standardOptions,
} as const

export const helpText: string = `Train and evaluate the arms of the study of MODE, and write the tables of docs/study.md.

  npm run study -- [options]

  --seeds N          seeds 1 to N (default: 1)
  --epochs E         of every arm that starts from random weights (default: 12)
  --continuation C   epochs of the arms that go on with another (default: a quarter of E)
  --arms a,b         of ${arms.map(({ name }) => name).join(', ')} (default: all)
  --workers W        arms at work at the same time, each on one core (default: 2)
  --output DIR       of networks, checkpoints and scores (default: runs/study)
  --results DIR      of the numbers, with study.md beside it (default: docs/study of the repository)
  --tables           only write the tables from the numbers there are
  --schema           print the JSON Schema of an arm's numbers
  --debug            show a stack trace when something fails
  -h, --help         this text

What is finished is not done again, and what was begun goes on where it was, to the very bits: Ctrl-C saves and leaves, and a
kill loses an epoch at most. The data are found in the folder that MODE_OOD_DATA names, ../shared/data by default.
Exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
`

/** @throws InvalidOptionError naming the option. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { continuation, ...given } = parseOptions(args, options)
  const epochs = wholeNumber('--epochs', given.epochs) ?? 12
  return {
    ...given,
    epochs,
    seeds: wholeNumber('--seeds', given.seeds) ?? 1,
    continuationEpochs: wholeNumber('--continuation', continuation) ?? Math.ceil(epochs / 4),
    workers: wholeNumber('--workers', given.workers) ?? 2,
    arms: given.arms === null ? arms : given.arms.split(',').map(armNamed),
    output: given.output ?? 'runs/study',
    results: given.results ?? join(repository, 'docs/study'),
  }
}

function armNamed(name: string): Arm {
  const arm = arms.find((one) => one.name === name)
  if (arm) return arm
  const names = arms.map((one) => one.name)
  throw new InvalidOptionError(`--arms: there is no arm "${name}"${nearest(name, names)}: ${names.join(', ')}`)
}
