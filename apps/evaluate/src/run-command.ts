import { rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, extname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvalidOptionError, ModeOodError } from '@mode-ood/core'
import { renderTable } from '@mode-ood/report'
import { z } from 'zod'
import { chooseScores } from './choose-scores.ts'
import { helpText, parseCommandLine, type CommandLine } from './command-line.ts'
import { loadConfiguration } from './configuration.ts'
import { configurationSchema } from './configuration-schema.ts'
import { evaluate } from './evaluate.ts'
import { removeLeftovers } from './feature-files.ts'
import { createProgress, type Progress } from './progress.ts'
import { createThumbnails } from './thumbnails.ts'
import { checkOutputDirectory, writeOutputs } from './write-outputs.ts'

const demoConfiguration = fileURLToPath(new URL('../demo/demo.yaml', import.meta.url))

/** Runs the command and tells its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const { stdout, stderr } = process
  let debug = args.includes('--debug')
  const progress = createProgress(stderr)
  const temporary: string[] = []
  const cleanUp = () => {
    for (const directory of temporary) rmSync(directory, { recursive: true, force: true })
  }
  const interrupt = () => {
    progress.stop()
    cleanUp()
    stderr.write('interrupted; nothing half-written was left behind\n')
    process.exit(130)
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    const line = parseCommandLine(args)
    debug = line.debug
    if (line.help) {
      stdout.write(helpText)
      return 0
    }
    if (line.schema) {
      stdout.write(`${JSON.stringify(z.toJSONSchema(configurationSchema, { io: 'input' }), null, 2)}\n`)
      return 0
    }
    return await run(line, progress, (directory) => temporary.push(directory))
  } catch (error) {
    progress.stop()
    return explainFailure(error, debug)
  } finally {
    cleanUp()
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

async function run(line: CommandLine, progress: Progress, removeAtEnd: (directory: string) => void): Promise<number> {
  if (line.demo && line.config !== null) throw new InvalidOptionError('give --config or --demo, not both')
  if (!line.demo && line.config === null)
    throw new InvalidOptionError('--config FILE is missing; --help shows how to use it')
  const configPath = line.config ?? demoConfiguration
  const output = line.output ?? join('runs', basename(configPath, extname(configPath)))
  const writable = await checkOutputDirectory(output)
  if (writable) progress.say(`${output} cannot be written (${writable}); the numbers will be shown here only`)
  const loaded = await loadConfiguration(configPath)
  const scores = await chooseScores(loaded.configuration.scores, line.scores, loaded.directory)
  const cache = line.useCache ? (line.cache ?? defaultCache()) : null
  if (cache !== null) await removeLeftovers(cache)

  const evaluation = await evaluate(loaded, {
    scores,
    cache,
    progress,
    removeAtEnd,
    limit: line.limit,
    threads: line.threads,
    skipCorrupt: line.skipCorrupt,
  })
  const { results } = evaluation
  const { columns: width = 100, isTTY: color = false } = process.stdout
  process.stdout.write(`\n${renderTable(results, { width, color })}\n`)
  for (const warning of results.warnings) process.stdout.write(`Note: ${warning}.\n`)
  const thumbnails = await createThumbnails(evaluation)
  await writeOutputs(output, evaluation, thumbnails)
  const report = relative(process.cwd(), resolve(output, 'report.html')) || output
  process.stdout.write(`\nReport: ${report} (results.json, results.csv and scores.safetensors beside it)\n`)
  if (line.demo) process.stdout.write(demoHint)
  return 0
}

const demoHint = `Next:   npm run evaluate -- --config FILE     your own checkpoint and images (README: "Your model")
`

function defaultCache(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mode-ood', 'features')
}

/** One sentence for what was foreseen; for a defect its message and how to see more. */
function explainFailure(error: unknown, debug: boolean): number {
  if (debug) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  if (error instanceof ModeOodError) {
    process.stderr.write(`error: ${error.message}\n`)
    return error instanceof InvalidOptionError ? 2 : 1
  }
  const message = error instanceof Error ? error.message.split('\n')[0] : String(error)
  const code = (error as NodeJS.ErrnoException).code
  const foreseen = typeof code === 'string' && /^E[A-Z]+$/.test(code)
  process.stderr.write(foreseen ? `error: ${message}\n` : `error: ${message} (unexpected; --debug shows where)\n`)
  return 1
}
