import { readFileSync } from 'node:fs'
import { runReadmeExample } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import * as exported from './index.ts'

const readme = new URL('../README.md', import.meta.url)

test('the example of the README prints what it says', () => {
  const { printed, promised } = runReadmeExample(readme)
  expect(printed).toBe(promised)
})

test('the README names every export', () => {
  const text = readFileSync(readme, 'utf8')
  for (const name of Object.keys(exported)) expect(text).toContain(`\`${name}`)
})
