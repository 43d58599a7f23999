import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { helpText } from './command-line.ts'
import { loadConfiguration } from './configuration.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the configuration of the README is one', async () => {
  const file = join(temporaryDirectory(), 'my.yaml')
  writeFileSync(file, /```yaml\n([\s\S]*?)```/.exec(readme)![1]!)
  const { configuration } = await loadConfiguration(file)
  expect(configuration.scores).toHaveLength(4)
})

test('the configuration of outputs computed elsewhere is one', async () => {
  const file = join(temporaryDirectory(), 'own.yaml')
  writeFileSync(file, /## Outputs computed elsewhere[\s\S]*?```yaml\n([\s\S]*?)```/.exec(readme)![1]!)
  const { configuration } = await loadConfiguration(file)
  expect(configuration.model).toEqual({ outputs: { name: 'my network', head: 'head.npz' } })
})

test('the README and --help know the same options', () => {
  const optionsIn = (text: string) => [...new Set(text.match(/--[a-z][a-z-]+/g))].sort()
  expect(optionsIn(/## Options[\s\S]*?## Output/.exec(readme)![0])).toEqual(optionsIn(helpText))
})
