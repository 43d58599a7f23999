import { readFileSync } from 'node:fs'
import { createMatrix } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { FakeMilvus } from './fake-milvus.test.fixture.ts'
import * as exported from './index.ts'

const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the example of the README gives what it says', async () => {
  const { address } = await FakeMilvus.start()
  const [, code] = /```js\n([\s\S]*?)```/.exec(text)!
  const body = code!.replace(/^import .*$/gm, '').replace('localhost:19530', address)
  const printed: unknown[] = []
  const run = new Function('createMatrix', 'createMilvusBank', 'console', `return (async () => {${body}})()`)
  await run(createMatrix, exported.createMilvusBank, { log: (value: unknown) => printed.push(value) })
  expect(String(printed)).toBe([...code!.matchAll(/\/\/ (.*)$/gm)].at(-1)![1])
})

test('the README names every export', () => {
  for (const name of Object.keys(exported)) expect(text).toContain(`\`${name}`)
})
