import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Outcome } from '@mode-ood/testing'
import { afterAll } from 'vitest'

/** The command in a process without test runner, started once for all tests of a file; calls run one after the other. */
export function startCommands(): (...args: string[]) => Promise<Outcome> {
  let server: ChildProcess | undefined
  let ended: (code: number | null) => void = () => {}
  afterAll(() => void server?.kill())
  return (...args) => {
    server ??= fork(fileURLToPath(new URL('./command-process.test.fixture.mjs', import.meta.url)), {
      execArgv: ['--import', 'tsx', '--conditions=@mode-ood/source'],
    }).on('exit', (code) => ended(code))
    const answering = server
    return new Promise((resolve, reject) => {
      ended = (code) => reject(new Error(`the process of the command ended with ${code}`))
      answering.once('message', (outcome) => resolve(outcome as Outcome))
      answering.send(args)
    })
  }
}
