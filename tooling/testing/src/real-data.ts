import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, test } from 'vitest'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const folder = process.env['MODE_OOD_DATA'] ?? join(repository, '../shared/data')

/** Absolute path of a file in the folder of real data (`MODE_OOD_DATA`, by default `../shared/data` beside the repository). */
export function realData(path: string): string {
  return join(folder, path)
}

/**
 * A `describe` whose tests need the named real files. Where one is absent the block becomes one skipped test that says
 * which; with `MODE_OOD_REQUIRE_DATA=1` (as in CI) one failing test.
 */
export function describeWithData(name: string, paths: readonly string[], body: () => void): void {
  const missing = paths.map(realData).filter((path) => !existsSync(path))
  if (missing.length === 0) {
    describe(name, body)
    return
  }
  const reason = `real data absent: ${missing.join(', ')}`
  if (process.env['MODE_OOD_REQUIRE_DATA'] === '1') {
    test(`${name} (${reason})`, () => {
      throw new Error(`MODE_OOD_REQUIRE_DATA=1 but ${reason}`)
    })
    return
  }
  process.stdout.write(`skipped: ${name}: ${reason}\n`)
  test.skip(`${name} (${reason})`, () => {})
}
