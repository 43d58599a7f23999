import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('nothing the root entry may import needs Node', () => {
  const sources = readdirSync(new URL('.', import.meta.url)).filter((name) => /(?<!\.test)\.ts$/.test(name))
  expect(sources.length).toBeGreaterThan(5)
  for (const name of sources) {
    expect(readFileSync(new URL(name, import.meta.url), 'utf8'), name).not.toMatch(
      /'node:|\.\/node\/|Buffer\b(?!Like)\(/,
    )
  }
})
