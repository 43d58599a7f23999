import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfiguration } from '@mode-ood/command'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { helpText } from './command-line.ts'
import { configurationSchema } from './configuration-schema.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the configuration of the README is one', async () => {
  const file = join(temporaryDirectory(), 'my.yaml')
  writeFileSync(file, /```yaml\n([\s\S]*?)```/.exec(readme)![1]!)
  const { configuration } = await readConfiguration(file, configurationSchema)
  expect(configuration.loss.name).toBe('ce+alpa')
})

test('the README and --help know the same options', () => {
  const optionsIn = (text: string) => [...new Set(text.match(/--[a-z][a-z-]+/g))].sort()
  expect(optionsIn(/## Options[\s\S]*?## Output/.exec(readme)![0])).toEqual(optionsIn(helpText))
})
