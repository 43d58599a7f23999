// Every engine on every kind of vectors up to dimension 2048: minutes, so no part of the tests.
import { mergeConfig } from 'vitest/config'
import shared from '../../tooling/vitest/vitest.config.mjs'

const config = mergeConfig(shared, {
  test: { outputFile: { json: '.acceptance-results.json' }, testTimeout: 600_000, hookTimeout: 600_000 },
})
export default { ...config, test: { ...config.test, include: ['src/**/*.acceptance.ts'] } }
