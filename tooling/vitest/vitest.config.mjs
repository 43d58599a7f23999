// Every package runs `vitest run --config ../../tooling/vitest/vitest.config.mjs` in its own folder.
// Tests read TypeScript sources through the export condition `@mode-ood/source`, so nothing has to be built first;
// worker threads do the same through tsx, which they inherit from the test process.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const conditions = ['@mode-ood/source', 'module', 'node', 'development|production']

export default defineConfig({
  root: process.cwd(),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Examples are plain JavaScript beside their package.json.
    include: ['src/**/*.test.ts', '*.test.js'],
    pool: 'forks',
    execArgv: ['--import', 'tsx', '--conditions=@mode-ood/source'],
    setupFiles: [fileURLToPath(new URL('./fail-on-console.mjs', import.meta.url))],
    reporters: ['default', 'json'],
    outputFile: { json: '.test-results.json' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    // Test files share no state that they change; a process of its own for each would cost most of the time.
    isolate: false,
  },
})
