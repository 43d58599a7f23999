// The tests open the built page, so it is built before them.
import { mergeConfig } from 'vitest/config'
import shared from '../../tooling/vitest/vitest.config.mjs'

export default mergeConfig(shared, { test: { globalSetup: ['./scripts/build-page.mjs'] } })
