#!/usr/bin/env node
import { startProgram } from '@mode-ood/command'
import { runCommand } from './run-command.ts'

await startProgram(runCommand)
