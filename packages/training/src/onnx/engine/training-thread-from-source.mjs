// Starts the thread from its TypeScript source, for tests and development: `--import tsx` serves the main thread only.
// In one piece, because a hundred modules through tsx's hooks would take every thread more than a second.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const { outputFiles } = buildSync({
  entryPoints: [fileURLToPath(new URL('training-thread.ts', import.meta.url))],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  conditions: ['@mode-ood/source'],
  external: ['onnxruntime-node'],
  write: false,
})
const run = new Function('require', outputFiles[0].text)
run(createRequire(import.meta.url))
