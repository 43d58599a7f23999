import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CommandContext, type CommandStreams, type Program, runProgram } from '@mode-ood/command'
import { InvalidFileError } from '@mode-ood/core'
import { type CommandLine, helpText, parseCommandLine } from './command-line.ts'
import { cifarProtocol } from './protocol/protocol.ts'
import { armResultSchema } from './results/result-schema.ts'
import { runStudy } from './run/run-study.ts'
import { StudyInterruptedError } from './run/train-arm.ts'
import { writeTables } from './tables/write-tables.ts'

const program: Program<CommandLine> = { help: helpText, schema: armResultSchema, parse: parseCommandLine, run }

/** Runs the command and tells its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
export function runCommand(args: readonly string[], streams: CommandStreams = process): Promise<number> {
  return runProgram(program, args, streams)
}

const shared = fileURLToPath(new URL('../../../../shared/data', import.meta.url))

async function run(line: CommandLine, context: CommandContext): Promise<number> {
  const { progress, stdout, removeAtEnd } = context
  const { results, output, arms, seeds, workers } = line
  const document = `${resolve(results)}.md`
  const write = () => writeTables({ results, document, lengths: line })
  if (!line.tables) {
    const data = resolve(process.env['MODE_OOD_DATA'] ?? shared)
    if (!existsSync(data)) throw new InvalidFileError(data, 'is not there: MODE_OOD_DATA names the folder of the data')
    const stopping = stopOnInterrupt(context)
    const protocol = cifarProtocol(data, line)
    try {
      const options = { protocol, arms, seeds, workers, output, results, progress, stopping, removeAtEnd }
      await runStudy({ ...options, onResults: write })
    } catch (error) {
      if (!(error instanceof StudyInterruptedError)) throw error
      progress.say(error.message)
      return 130
    }
  }
  await write()
  stdout.write(`Tables: ${document}\n`)
  return 0
}

/** npm sends Ctrl-C a second time at once; a second one that comes later is a person's. */
const secondAfterMs = 1000

/** The first Ctrl-C lets trainings save, as they do by themselves, and evaluations end; a later one ends the process. */
function stopOnInterrupt({ onInterrupt, leave, progress }: CommandContext): AbortSignal {
  const stopping = new AbortController()
  let first = 0
  onInterrupt(() => {
    if (stopping.signal.aborted) {
      if (performance.now() - first > secondAfterMs) leave()
      return
    }
    first = performance.now()
    stopping.abort()
    progress.say('stopping; what is evaluated now is finished first')
  })
  return stopping.signal
}
