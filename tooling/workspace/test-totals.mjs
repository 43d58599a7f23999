import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Adds up the result files that the packages' test runs leave (a cached run restores its file). */
export function testTotals(repository) {
  const totals = { files: 0, passed: 0, failed: 0, skipped: 0 }
  for (const group of ['packages', 'apps', 'tooling', 'examples']) {
    for (const name of readdirSync(join(repository, group))) {
      const file = join(repository, group, name, '.test-results.json')
      if (!existsSync(file)) continue
      const results = JSON.parse(readFileSync(file, 'utf8'))
      totals.files += results.testResults.length
      totals.passed += results.numPassedTests
      // A file that fails before its tests run counts as one failure.
      const broken = results.testResults.filter(
        (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
      )
      totals.failed += results.numFailedTests + broken.length
      totals.skipped += results.numPendingTests + results.numTodoTests
    }
  }
  return totals
}
