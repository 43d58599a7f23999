import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import * as backbones from './index.ts'

test('the example of the README prints what it says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, example] = /```ts\nimport .*\n([\s\S]*?)```/.exec(readme)!
  const printed = vi.fn<(...values: unknown[]) => void>()
  const run = new Function(...Object.keys(backbones), 'console', example!)
  run(...Object.values(backbones), { log: printed })
  expect(printed.mock.calls.map((values) => values.join(' '))).toEqual([/ \/\/ (.*)\n$/.exec(example!)![1]])
})

test('the README names every export', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  for (const name of Object.keys(backbones)) expect(readme).toContain(`\`${name}`)
})
