import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { captureCommand, temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { runCommand } from './run-command.ts'
import { writeRun } from './run.test.fixture.ts'

test.each([
  [['--prot', '1'], 2, /no option --prot; did you mean --port\?/],
  [['a', 'b'], 2, /give one RUN_DIR, not 2/],
  [['--port', '70000'], 2, /--port is "70000" and must be a whole number from 1 to 65535/],
  [['/nowhere/at-all', '--no-open'], 1, /at-all: holds neither results\.json nor metrics\.jsonl/],
])('%j: exit code %i', async (args, code, sentence) => {
  const outcome = await captureCommand(runCommand, args)
  expect([outcome.code, outcome.stderr]).toEqual([code, expect.stringMatching(sentence)])
})

test('serves the newest run without RUN_DIR, until Ctrl-C', async () => {
  const directory = temporaryDirectory()
  writeRun(join(directory, 'runs'), 'old')
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const args = ['--import', import.meta.resolve('tsx'), '--conditions=@mode-ood/source', main, '--no-open']
  const child = spawn(process.execPath, args, { cwd: directory })
  const ended = new Promise<number | null>((resolve) => {
    child.on('exit', resolve)
  })
  const said = new Promise<string>((resolve) => {
    child.stdout.once('data', (text) => resolve(String(text)))
    child.stderr.once('data', (text) => resolve(String(text)))
  })
  const line = await said
  expect(line).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ {3}shows .*old; Ctrl-C ends it/)
  expect(await (await fetch(`${line.split(' ')[0]}runs.json`)).json()).toMatchObject({ run: 'old' })
  child.kill('SIGINT')
  expect(await ended).toBe(0)
})
