import { ModeOodError } from '@mode-ood/core'
import { runCommand } from './run-command.ts'

try {
  await runCommand(process.argv.slice(2), (line) => void process.stdout.write(`${line}\n`))
} catch (error) {
  if (!(error instanceof ModeOodError)) throw error
  process.stderr.write(`error: ${error.message}\n`)
  process.exitCode = error.name === 'InvalidOptionError' ? 2 : 1
}
