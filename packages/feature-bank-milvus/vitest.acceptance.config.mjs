// What needs a Milvus: not part of the tests, which need Node and npm alone.
import { mergeConfig } from 'vitest/config'
import shared from '../../tooling/vitest/vitest.config.mjs'

const config = mergeConfig(shared, { test: { outputFile: { json: '.acceptance-results.json' } } })
export default { ...config, test: { ...config.test, include: ['src/**/*.acceptance.ts'] } }
