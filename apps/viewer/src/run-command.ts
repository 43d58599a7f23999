import { basename, dirname, resolve } from 'node:path'
import { type CommandContext, type CommandStreams, type Program, runProgram } from '@mode-ood/command'
import { InvalidFileError, InvalidOptionError } from '@mode-ood/core'
import { helpText, parseCommandLine, type CommandLine } from './command-line.ts'
import { openBrowser } from './open-browser.ts'
import { describeRun, listRuns } from './run-files.ts'
import { serveRuns } from './serve-runs.ts'

const program: Program<CommandLine> = { help: helpText, parse: parseCommandLine, run }

/** Runs the command and tells its exit code: 0 ended by Ctrl-C, 1 failed, 2 wrong usage. */
export function runCommand(args: readonly string[], streams: CommandStreams = process): Promise<number> {
  return runProgram(program, args, streams)
}

async function run({ run: given, port, host, open }: CommandLine, context: CommandContext): Promise<number> {
  const path = given === null ? await newestRun() : resolve(given)
  const [directory, name] = [dirname(path), basename(path)]
  if (!(await describeRun(directory, name))) {
    throw new InvalidFileError(
      given ?? path,
      'holds neither results.json nor metrics.jsonl: give the directory that evaluate or train wrote',
    )
  }
  const ended = new Promise<void>((end) => context.onInterrupt(end))
  const server = await serveRuns({ directory, run: name, host, port: port ?? 0 })
  context.stdout.write(`${server.url}   shows ${given ?? path}; Ctrl-C ends it\n`)
  if (open && !openBrowser(server.url)) context.stdout.write('There is no desktop here: open the address yourself.\n')
  await ended
  await server.close()
  return 0
}

async function newestRun(): Promise<string> {
  const [newest] = await listRuns('runs')
  if (newest) return resolve('runs', newest.name)
  throw new InvalidOptionError('there is no run below runs/ yet: give RUN_DIR, or make one with npm start')
}
