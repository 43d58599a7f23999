// Runs the command for every list of arguments it is sent, and answers with what came of it; for tests.
import { captureCommand } from '@mode-ood/testing'
import { runCommand } from './run-command.ts'

process.on('message', async (args) => {
  process.send(await captureCommand(runCommand, args))
})
