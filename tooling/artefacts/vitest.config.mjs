// As every package's tests, and the packages are packed once, before all of them.
import { mergeConfig } from 'vitest/config'
import shared from '../vitest/vitest.config.mjs'

export default mergeConfig(shared, { test: { globalSetup: ['./src/pack-once.ts'] } })
