import { type CommandContext, type CommandStreams, type Program, runProgram } from '@mode-ood/command'
import { type CommandLine, helpText, parseCommandLine } from './command-line.ts'
import { configurationSchema } from './configuration-schema.ts'
import { fit } from './fit.ts'
import { run } from './run.ts'
import { serve } from './serve.ts'

const program: Program<CommandLine> = {
  help: helpText,
  schema: configurationSchema,
  parse: parseCommandLine,
  run: work,
}

/** Runs the command and tells its exit code: 0 done, 1 failed, 2 wrong usage, 3 something is OOD, 130 interrupted. */
export function runCommand(args: readonly string[], streams: CommandStreams = process): Promise<number> {
  return runProgram(program, args, streams)
}

function work({ work: line }: CommandLine, context: CommandContext): Promise<number> {
  if (line === null) return Promise.resolve(0)
  if (line.command === 'fit') return fit(line, context)
  return line.command === 'run' ? run(line, context) : serve(line, context)
}
