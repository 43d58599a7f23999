// As every package's tests, but each file in a process of its own: one replaces `node:worker_threads`.
import { mergeConfig } from 'vitest/config'
import shared from '../../tooling/vitest/vitest.config.mjs'

export default mergeConfig(shared, { test: { isolate: true } })
