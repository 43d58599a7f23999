import { parseOptions, standardOptions, wholeNumber } from '@mode-ood/command'
import { InvalidOptionError } from '@mode-ood/core'

/** What `detect fit` is asked for. */
export interface FitLine {
  readonly config: string | null
  readonly output: string | null
  readonly limit: number | null
  readonly threads: number | null
}

/** What `detect run` is asked for. */
export interface RunLine {
  readonly detector: string
  /** Files and folders. */
  readonly images: readonly string[]
  readonly json: boolean
  readonly explain: boolean
  readonly falseDiscoveryRate: number | null
  readonly threads: number | null
}

/** What `detect serve` is asked for. */
export interface ServeLine {
  readonly detector: string
  readonly host: string
  readonly port: number
  readonly threads: number | null
}

interface Standard {
  readonly schema: boolean
  readonly help: boolean
  readonly debug: boolean
}

/** A command line; `work` is null where only help or the schema is asked for. */
export type CommandLine = Standard & {
  readonly work:
    | ({ readonly command: 'fit' } & FitLine)
    | ({ readonly command: 'run' } & RunLine)
    | ({ readonly command: 'serve' } & ServeLine)
    | null
}

const fitOptions = {
  config: { type: 'string' },
  output: { type: 'string' },
  limit: { type: 'string' },
  threads: { type: 'string' },
  ...standardOptions,
} as const

const runOptions = {
  json: { type: 'boolean' },
  explain: { type: 'boolean' },
  fdr: { type: 'string' },
  threads: { type: 'string' },
  ...standardOptions,
} as const

const serveOptions = {
  host: { type: 'string' },
  port: { type: 'string' },
  threads: { type: 'string' },
  ...standardOptions,
} as const

const commands = ['fit', 'run', 'serve'] as const
const mostThreads = 256

export const helpText: string = `Fit a detector of out-of-distribution images, run it on files, serve it over HTTP.

  npm run detect -- fit --config FILE --output DIR [options]
  npm run detect -- run DIR IMAGES… [options]
  npm run detect -- serve DIR [options]

fit
  --config FILE    YAML or JSON: model, id (train, calibration), score, falseAlarmRate; paths in it are relative to it
  --output DIR     where the detector goes: model, score, threshold and hashes in one directory
  --limit N        at most N training images, spread evenly over them, to try a configuration
  --schema         print the JSON Schema of the configuration

run                IMAGES are files and folders, of any size and format that is read
  --json           one JSON object a line: file, score, pValue, isOod
  --explain        which view of the image decided, and which training images are nearest
  --fdr N          decide over all images together: at most a share N of those called OOD is not (Benjamini-Hochberg)

serve              POST an image, or several, to /detect; GET /health, /metrics, /openapi.json
  --host HOST      where to listen (default: 127.0.0.1, this machine only)
  --port N         (default: 8080; 0 takes a free one)

  --threads N      worker threads (default: the machine's cores)
  --debug          show a stack trace when something fails
  -h, --help       this text

Exit code: 0 done and, of run, nothing OOD; 3 something OOD; 1 failed; 2 wrong usage; 130 interrupted.
`

/** @throws InvalidOptionError naming the command or the option, and the nearest valid one where it is unknown. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const [command = '', ...rest] = args
  if (command === '' || command.startsWith('-')) {
    const given = parseOptions(args, standardOptions)
    if (given.help || given.schema) return { ...given, work: null }
    throw new InvalidOptionError('say what to do: fit, run or serve; --help shows how')
  }
  if (command === 'fit') return parseFit(rest)
  if (command === 'run') return parseRun(rest)
  if (command === 'serve') return parseServe(rest)
  throw new InvalidOptionError(`there is no command "${command}": there are ${commands.join(', ')}`)
}

function parseFit(args: readonly string[]): CommandLine {
  const given = parseOptions(args, fitOptions)
  const { config, output } = given
  const work = {
    command: 'fit',
    config,
    output,
    limit: wholeNumber('--limit', given.limit),
    ...threads(given),
  } as const
  return { ...standard(given), work }
}

function parseRun(args: readonly string[]): CommandLine {
  const [options, places] = split(args, runOptions)
  const given = parseOptions(options, runOptions)
  if (given.help || given.schema) return { ...standard(given), work: null }
  const [detector, ...images] = places
  if (detector === undefined) throw new InvalidOptionError('say which detector: run DIR IMAGES…')
  if (images.length === 0) throw new InvalidOptionError(`say which images ${detector} is to look at: run DIR IMAGES…`)
  const { json, explain } = given
  const falseDiscoveryRate = share('--fdr', given.fdr)
  return {
    ...standard(given),
    work: { command: 'run', detector, images, json, explain, falseDiscoveryRate, ...threads(given) },
  }
}

function parseServe(args: readonly string[]): CommandLine {
  const [options, places] = split(args, serveOptions)
  const given = parseOptions(options, serveOptions)
  if (given.help || given.schema) return { ...standard(given), work: null }
  const [detector, other] = places
  if (detector === undefined) throw new InvalidOptionError('say which detector: serve DIR')
  if (other !== undefined) throw new InvalidOptionError(`serve takes one detector; "${other}" is not understood`)
  const port = wholeNumber('--port', given.port, { least: 0, most: 65_535 }) ?? 8080
  const host = given.host ?? '127.0.0.1'
  return { ...standard(given), work: { command: 'serve', detector, host, port, ...threads(given) } }
}

/** Options with their values, and what stands between them. */
function split(
  args: readonly string[],
  options: Readonly<Record<string, { readonly type: string }>>,
): [options: string[], places: string[]] {
  const found: [string[], string[]] = [[], []]
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (arg === '--') {
      found[1].push(...args.slice(i + 1))
      break
    }
    const isOption = arg.startsWith('-') && arg !== '-'
    found[isOption ? 0 : 1].push(arg)
    const takesValue = isOption && !arg.includes('=') && options[arg.replace(/^--/, '')]?.type === 'string'
    if (takesValue && i + 1 < args.length) found[0].push(args[++i]!)
  }
  return found
}

function standard({ schema, help, debug }: Standard): Standard {
  return { schema, help, debug }
}

function threads(given: { readonly threads: string | null }): { threads: number | null } {
  return { threads: wholeNumber('--threads', given.threads, { most: mostThreads }) }
}

function share(option: string, value: string | null): number | null {
  if (value === null) return null
  const number = Number(value)
  if (value.trim() !== '' && number > 0 && number < 1) return number
  throw new InvalidOptionError(`${option} is "${value}" and must be a number between 0 and 1`)
}
