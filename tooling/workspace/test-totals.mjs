import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Adds up the files of the name `results` that the packages' test runs leave (a cached run restores its file). */
export function testTotals(repository, results = '.test-results.json') {
  const totals = { files: 0, passed: 0, failed: 0, skipped: 0 }
  for (const group of ['packages', 'apps', 'tooling', 'examples']) {
    for (const name of readdirSync(join(repository, group))) {
      const file = join(repository, group, name, results)
      if (!existsSync(file)) continue
      const run = JSON.parse(readFileSync(file, 'utf8'))
      totals.files += run.testResults.length
      totals.passed += run.numPassedTests
      // A file that fails before its tests run counts as one failure.
      const broken = run.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0)
      totals.failed += run.numFailedTests + broken.length
      totals.skipped += run.numPendingTests + run.numTodoTests
    }
  }
  return totals
}
