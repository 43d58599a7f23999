import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { readTorchCheckpoint } from './index.ts'

test('the example of the README prints what it says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const [, example] = /```ts\n(?:import .*\n)+([\s\S]*?)```/.exec(readme)!
  const printed = vi.fn<(value: unknown) => void>()
  const run = Object.getPrototypeOf(async () => {}).constructor as new (
    ...parameters: string[]
  ) => (...values: unknown[]) => Promise<void>
  const read = (path: string) => readFile(fileURLToPath(new URL(`../${path}`, import.meta.url)))
  await new run('readFile', 'readTorchCheckpoint', 'console', example!)(read, readTorchCheckpoint, { log: printed })
  expect(printed.mock.calls).toEqual([[Number(/\/\/ (\d+)/.exec(example!)![1])]])
})
