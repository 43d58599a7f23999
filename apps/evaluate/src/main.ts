#!/usr/bin/env node
import { runCommand } from './run-command.ts'
import { systemReason } from './system-reason.ts'

let isCut = false
// A reader that has seen enough (`| head`) is no failure, and the files are still to be written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || isCut) return
  isCut = true
  process.stderr.write(`error: the table cannot be written to the standard output: ${systemReason(error)}\n`)
})
process.stderr.on('error', () => {})

const code = await runCommand(process.argv.slice(2))
process.exitCode = isCut && code === 0 ? 1 : code
