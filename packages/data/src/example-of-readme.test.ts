import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import * as data from './index.ts'

test('the example of the README prints what it says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, example] = /```ts\nimport (?:.*)\n([\s\S]*?)```/.exec(readme)!
  const printed = vi.fn<(value: unknown) => void>()
  const run = Object.getPrototypeOf(async () => {}).constructor as new (
    ...parameters: string[]
  ) => (...values: unknown[]) => Promise<void>
  await new run('openDataset', 'normalizeImages', 'console', example!)(data.openDataset, data.normalizeImages, {
    log: printed,
  })
  const [, expected] = /console\.log\(images\) \/\/ (\d+)/.exec(example!)!
  expect(printed.mock.calls).toEqual([[Number(expected)]])
})
