import { basename, extname, join, relative, resolve } from 'node:path'
import {
  checkDirectory,
  type CommandContext,
  type CommandStreams,
  type Program,
  readConfiguration,
  runProgram,
} from '@mode-ood/command'
import { InvalidOptionError } from '@mode-ood/core'
import { type CommandLine, helpText, parseCommandLine } from './command-line.ts'
import { configurationSchema } from './configuration-schema.ts'
import { openRun } from './open-run.ts'
import { train } from './train.ts'

const program: Program<CommandLine> = { help: helpText, schema: configurationSchema, parse: parseCommandLine, run }

/** Runs the command and tells its exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
export function runCommand(args: readonly string[], streams: CommandStreams = process): Promise<number> {
  return runProgram(program, args, streams)
}

async function run(line: CommandLine, context: CommandContext): Promise<number> {
  const { progress, stdout } = context
  if (line.config === null) throw new InvalidOptionError('--config FILE is missing; --help shows how to use it')
  const name = basename(line.config, extname(line.config))
  const output = line.output ?? join('runs', name)
  const loaded = await readConfiguration(line.config, configurationSchema)
  const trouble = await checkDirectory('--output', output)
  if (trouble) throw new InvalidOptionError(`--output ${output} cannot be written: ${trouble}`)

  const stopping = stopOnInterrupt(context)
  const {
    run: opened,
    begin,
    close,
  } = await openRun(loaded, {
    name,
    output,
    resume: line.resume,
    stopping,
    progress,
    removeAtEnd: context.removeAtEnd,
  })
  const { epochs, batchSize } = opened.configuration
  const images = Math.floor(opened.source.count / batchSize) * batchSize
  try {
    progress.start('training', epochs * images, begin.step * batchSize)
    const end = await train(opened, begin)
    progress.stop()
    const from = (path: string) => relative(process.cwd(), resolve(path)) || path
    const isDone = end.step * batchSize === epochs * images
    if (!isDone) {
      progress.say(`saved at step ${end.step}; --resume goes on`)
      return 130
    }
    stdout.write(`Model:  ${from(opened.modelFile)}\n`)
    stdout.write(`Curves: ${from(join(output, 'training.html'))} (metrics.jsonl and checkpoints beside it)\n`)
    return 0
  } finally {
    await close()
  }
}

/** npm sends Ctrl-C a second time at once; a second one that comes later is a person's. */
const secondAfterMs = 1000

/** The first Ctrl-C asks the training to save and leave, a later one ends the process. */
function stopOnInterrupt({ onInterrupt, leave, progress }: CommandContext): AbortSignal {
  const stopping = new AbortController()
  let first = 0
  onInterrupt(() => {
    if (!stopping.signal.aborted) {
      first = performance.now()
      stopping.abort()
      progress.say('  stopping after this step; Ctrl-C again leaves without saving')
    } else if (performance.now() - first > secondAfterMs) leave()
  })
  return stopping.signal
}
