import { readFileSync } from 'node:fs'
import { runReadmeExample } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { helpText } from './command-line.ts'
import * as exported from './index.ts'

const readme = new URL('../README.md', import.meta.url)
const text = readFileSync(readme, 'utf8')

test('the example prints what the README says', () => {
  const { printed, promised } = runReadmeExample(readme)
  expect(printed).toBe(promised)
})

test('the README names every export and every option', () => {
  for (const name of Object.keys(exported)) expect(text).toContain(`\`${name}`)
  for (const option of helpText.match(/--[a-z][a-z-]+/g)!) expect(text).toContain(`\`${option}`)
})
