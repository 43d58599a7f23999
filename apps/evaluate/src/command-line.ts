import { parseOptions, standardOptions, wholeNumber } from '@mode-ood/command'
import { InvalidOptionError } from '@mode-ood/core'

/** What a person asked for on the command line. */
export interface CommandLine {
  readonly config: string | null
  readonly demo: boolean
  readonly output: string | null
  readonly scores: readonly string[] | null
  readonly limit: number | null
  readonly threads: number | null
  readonly cache: string | null
  /** In bytes. */
  readonly cacheSize: number
  readonly useCache: boolean
  readonly skipCorrupt: boolean
  readonly published: boolean
  /** Whether the run keeps what decided about each image. */
  readonly explain: boolean
  /** Whether the run keeps small pictures of its images. */
  readonly pictures: boolean
  readonly schema: boolean
  readonly help: boolean
  readonly debug: boolean
}

const options = {
  config: { type: 'string' },
  demo: { type: 'boolean' },
  output: { type: 'string' },
  scores: { type: 'string' },
  limit: { type: 'string' },
  threads: { type: 'string' },
  cache: { type: 'string' },
  'cache-size': { type: 'string' },
  'no-cache': { type: 'boolean' },
  'skip-corrupt': { type: 'boolean' },
  published: { type: 'boolean' },
  explain: { type: 'boolean' },
  'no-pictures': { type: 'boolean' },
  ...standardOptions,
} as const

/** More would only wait for one another. */
const mostThreads = 256

export const helpText: string = `Evaluate out-of-distribution scores of a model on image files.

  npm run evaluate -- --config FILE [options]

  --config FILE    YAML or JSON: model, id (train, test), ood sets, scores; paths in it are relative to it
  --demo           evaluate the shipped model on generated images instead (what npm start does)
  --output DIR     where results.json, results.csv, report.html and scores.safetensors go (default: runs/NAME)
  --scores A,B     only these scores, with the options the configuration gives them; all: every known score
  --limit N        at most N images a set, spread evenly over it
  --threads N      worker threads (default: the machine's cores)
  --cache DIR      where features are kept between runs (default: the user's cache folder)
  --cache-size N   gigabytes the cache may take; what was not used for longest goes first (default: 10)
  --no-cache       compute all features anew and keep none
  --skip-corrupt   leave out images that cannot be decoded, and list them
  --published      show tables of papers beside the results, marked with their protocols
  --explain        keep why csd decided so: regions, nearest training images and heat maps, for npm run view
  --no-pictures    keep no small pictures of the images
  --schema         print the JSON Schema of the configuration
  --debug          show a stack trace when something fails
  -h, --help       this text

Exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
`

/** @throws InvalidOptionError naming the option, and the nearest valid one where it is unknown. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const given = parseOptions(args, options)
  return {
    ...given,
    scores: names('--scores', given.scores),
    limit: wholeNumber('--limit', given.limit),
    threads: wholeNumber('--threads', given.threads, { most: mostThreads }),
    cacheSize: gigabytes('--cache-size', given['cache-size'] ?? '10'),
    useCache: !given['no-cache'],
    skipCorrupt: given['skip-corrupt'],
    pictures: !given['no-pictures'],
  }
}

function names(option: string, value: string | null): string[] | null {
  if (value === null) return null
  const listed = value.split(',').map((name) => name.trim())
  if (!listed.includes('')) return listed
  throw new InvalidOptionError(`${option} is "${value}" and must be names with a comma between, such as csd,knn`)
}

function gigabytes(option: string, value: string): number {
  const number = Number(value)
  if (value.trim() !== '' && number >= 0 && number < Infinity) return number * 1e9
  throw new InvalidOptionError(`${option} is "${value}" and must be a number of gigabytes`)
}
