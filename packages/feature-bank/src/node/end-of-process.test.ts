import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const fixture = fileURLToPath(new URL('./end-of-process.test.fixture.ts', import.meta.url))

test.each([20, 250])('the process ends cleanly %i ms into a search', async (delay) => {
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@mode-ood/source', fixture])
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk)
      if (output === 'searching\n') setTimeout(() => child.kill('SIGINT'), delay)
    })
  }
  const ended = await new Promise((resolve) => child.once('exit', (code, signal) => resolve([code, signal])))
  expect([ended, output]).toEqual([[130, null], 'searching\n'])
})
