import { homedir } from 'node:os'
import { basename, extname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkDirectory, type CommandContext, type CommandStreams, type Program, runProgram } from '@mode-ood/command'
import { InvalidOptionError, type Score } from '@mode-ood/core'
import { renderPublished, renderRanking, renderTable, terminalOptions } from '@mode-ood/report'
import { asksForAll, chooseScores } from './choose-scores.ts'
import { helpText, parseCommandLine, type CommandLine } from './command-line.ts'
import { loadConfiguration } from './configuration.ts'
import { configurationSchema } from './configuration-schema.ts'
import { evaluate, type Evaluation } from './evaluate.ts'
import { explainedScore, variantOf } from './explained-score.ts'
import { removeLeftovers } from './feature-files.ts'
import { viewerFiles } from './viewer-files.ts'
import { trimCache } from './trim-cache.ts'
import { writeOutputs } from './write-outputs.ts'

const demoConfiguration = fileURLToPath(new URL('../demo/demo.yaml', import.meta.url))

const program: Program<CommandLine> = {
  help: helpText,
  schema: configurationSchema,
  parse: parseCommandLine,
  run,
}

/** Runs the command and tells its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
export function runCommand(args: readonly string[], streams: CommandStreams = process): Promise<number> {
  return runProgram(program, args, streams)
}

async function run(line: CommandLine, { stdout, progress, removeAtEnd }: CommandContext): Promise<number> {
  if (line.demo && line.config !== null) throw new InvalidOptionError('give --config or --demo, not both')
  if (!line.demo && line.config === null)
    throw new InvalidOptionError('--config FILE is missing; --help shows how to use it')
  const configPath = line.config ?? demoConfiguration
  const output = line.output ?? join('runs', basename(configPath, extname(configPath)))
  const trouble = await checkDirectory('--output', output)
  if (trouble) progress.say(`${output} cannot be written (${trouble}); the numbers will be shown here only`)
  const loaded = await loadConfiguration(configPath)
  const scores = await chooseScores(loaded, line.scores)
  const isRun = !('outputs' in loaded.configuration.model)
  if (line.explain) refuseUnexplained(isRun, scores)
  const cache = line.useCache && isRun ? (line.cache ?? defaultCache()) : null
  if (cache !== null) {
    await checkDirectory('--cache', cache)
    await removeLeftovers(cache)
  }

  const evaluation = await evaluate(loaded, {
    scores,
    leaveOut: asksForAll(loaded.configuration, line.scores),
    cache,
    progress,
    removeAtEnd,
    published: line.published,
    limit: line.limit,
    threads: line.threads,
    skipCorrupt: line.skipCorrupt,
  })
  if (cache !== null) progress.say(await tidyCache(cache, line.cacheSize))
  const { results } = evaluation
  const look = terminalOptions(stdout, process.env)
  const tables = [renderTable, renderRanking, renderPublished].map((render) => render(results, look))
  stdout.write(`\n${tables.filter((text) => text !== '').join('\n\n')}\n\n`)
  for (const warning of results.warnings) stdout.write(`Note: ${warning}.\n`)
  stdout.write(listSkipped(results))
  const extra = await viewerFiles(evaluation, loaded, { ...line, progress })
  await writeOutputs(output, evaluation, extra, removeAtEnd)
  const report = relative(process.cwd(), resolve(output, 'report.html')) || output
  stdout.write(`\nReport: ${report} (results.json, results.csv and scores.safetensors beside it)\n`)
  if (line.demo) stdout.write(demoHint)
  return 0
}

/** @throws InvalidOptionError when there will be nothing to explain. */
function refuseUnexplained(isRun: boolean, scores: readonly Score[]): void {
  if (!isRun)
    throw new InvalidOptionError('--explain looks at the images again, but the configuration gives outputs only')
  if (explainedScore(scores) >= 0) return
  const variant = scores.find(({ name }) => name === 'csd')
  throw new InvalidOptionError(
    variant
      ? `--explain shows how csd decides by k alone, but it is evaluated with ${variantOf(variant)}: evaluate it without that too`
      : '--explain shows the regions that csd compares: evaluate the score csd too',
  )
}

/** Entries that were used within so many milliseconds may belong to a run that goes on. */
const inUseFor = 3_600_000

/** Keeps the cache within its limit, and says where it is. */
async function tidyCache(cache: string, mostBytes: number): Promise<string> {
  const { bytes, removed } = await trimCache(cache, mostBytes, Date.now() - performance.now() - inUseFor)
  const size = `${(bytes / 1e9).toFixed(2)} of at most ${mostBytes / 1e9} GB`
  return `  cache: ${cache} (${size}${removed > 0 ? `, ${removed} old entries removed` : ''})`
}

/** The images that were left out, the first of them where there are many. */
function listSkipped({ id, ood }: Evaluation['results']): string {
  const skipped = [id.train, id.test, ...ood].flatMap((set) => set.skipped)
  const lines = skipped.slice(0, skippedShown).map(({ file, reason }) => `  ${file}: ${reason}\n`)
  if (skipped.length > skippedShown) lines.push(`  and ${skipped.length - skippedShown} more, see results.json\n`)
  return lines.join('')
}

const skippedShown = 20

const demoHint = `Next:   npm run evaluate -- --config FILE     your own checkpoint and images (README, "Your checkpoint, your folders")
`

function defaultCache(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mode-ood', 'features')
}
