import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { build, type Metafile } from 'esbuild'
import { expect, inject, test } from 'vitest'
import { repository } from './packed-packages.ts'

const project = inject('project')

/** What only Node has: left out of a bundle, and never to be reached but by a dynamic import. */
const ofNode = ['node:*', 'onnxruntime-node', 'sharp', '@tensorflow/*']

/** `found` says where packages are that the project does not have. */
async function bundle(
  contents: string,
  format: 'esm' | 'iife',
  { external = ofNode, found = [] }: { external?: string[]; found?: string[] } = {},
): Promise<{ code: string; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: project, sourcefile: 'entry.js' },
    absWorkingDir: project,
    bundle: true,
    minify: true,
    platform: 'browser',
    conditions: ['browser'],
    target: 'es2022',
    format,
    splitting: format === 'esm',
    outdir: join(project, 'bundle'),
    external,
    nodePaths: found,
    write: false,
    metafile: true,
    logLevel: 'silent',
    define: format === 'iife' ? { 'import.meta.url': '"about:blank"' } : {},
  })
  const entry = outputFiles.find(({ path }) => path.endsWith('stdin.js'))!
  return { code: entry.text, metafile }
}

/** What loads before the first dynamic import: bytes of code, and imports left to the platform. */
function loadedAtOnce({ outputs }: Metafile): { bytes: number; externals: string[] } {
  const start = Object.keys(outputs).find((path) => path.endsWith('stdin.js'))!
  const waiting = [start]
  const seen = new Set<string>()
  const externals: string[] = []
  let bytes = 0
  while (waiting.length > 0) {
    const path = waiting.pop()!
    if (seen.has(path)) continue
    seen.add(path)
    const { imports, bytes: size } = outputs[path]!
    bytes += size
    for (const { kind, path: target, external } of imports) {
      if (kind === 'dynamic-import') continue
      if (external) externals.push(target)
      else waiting.push(target)
    }
  }
  return { bytes, externals }
}

// Ceilings in kB of minified code: zod, which checks options, is most of core; the report carries Observable Plot and d3.
test.each([
  ['core', 350],
  ['metrics', 380],
  ['safetensors', 370],
  ['csd', 400],
  ['scores', 400],
  ['feature-bank', 400],
  ['detector', 450],
  ['report', 900],
])('%s loads in a browser, in at most %i kB', async (name, ceiling) => {
  const { metafile } = await bundle(`export * from '@mode-ood/${name}'`, 'esm')
  const { bytes, externals } = loadedAtOnce(metafile)
  expect(externals).toEqual([])
  expect(bytes / 1000).toBeLessThan(ceiling)
})

test('finds a static import of a Node module', async () => {
  const { metafile } = await bundle(`export { readFileSync } from 'node:fs'`, 'esm')
  expect(loadedAtOnce(metafile).externals).toEqual(['node:fs'])
})

test('metrics, scores and the bank compute where there is neither process nor Buffer', async () => {
  const { code } = await bundle(
    `import { auroc } from '@mode-ood/metrics'
     import { createFeatureBank } from '@mode-ood/feature-bank'
     import { msp } from '@mode-ood/scores'
     globalThis.answer = (async () => {
       const bank = await createFeatureBank()
       await bank.add({ rows: 3000, columns: 1, data: Float32Array.from({ length: 3000 }, (_, i) => i) })
       const distances = await bank.kthDistance({ rows: 1, columns: 1, data: Float32Array.of(10.25) }, 2)
       const fitted = await msp().fit([])
       const scores = await fitted.score({ logits: { rows: 1, columns: 2, data: Float32Array.of(3, 3) } })
       return JSON.stringify([typeof process, typeof Buffer, bank.stats().engine, bank.stats().segments, distances[0], scores[0], auroc(Float64Array.of(1), Float64Array.of(0))])
     })()`,
    'iife',
  )
  const context: { answer?: Promise<string> } & Record<string, unknown> = { performance, atob, setTimeout }
  // Pages that are not isolated have no memory to share.
  runInNewContext(`delete globalThis.SharedArrayBuffer;${code}`, context)
  expect(JSON.parse(await context.answer!)).toEqual(['undefined', 'undefined', 'wasm', 1, 0.5625, 0.5, 1])
})

test('ALPA is computed and differentiated with a bundled TensorFlow.js where there is neither process nor Buffer', async () => {
  const { code } = await bundle(
    `import { alpaLoss, createAlpaProjections } from '@mode-ood/alpa'
     import '@tensorflow/tfjs-backend-cpu'
     import * as tf from '@tensorflow/tfjs-core'
     globalThis.answer = (async () => {
       await tf.setBackend('cpu')
       const projections = createAlpaProjections({ channels: 3, dimension: 2, seed: 1 })
       const map = tf.randomUniform([2, 2, 2, 3], 0, 1, 'float32', 1)
       const labels = tf.tensor1d([4], 'int32')
       const { value, grad } = tf.valueAndGrad((x) => alpaLoss(x, labels, projections))(map)
       return JSON.stringify([typeof process, typeof Buffer, grad.shape, Math.abs((await value.data())[0]) < 1e-6])
     })()`,
    'iife',
    { external: ['node:*'], found: [join(repository, 'packages/alpa/node_modules')] },
  )
  // TensorFlow.js knows a page by its document.
  const context: { answer?: Promise<string> } & Record<string, unknown> = {
    performance,
    setTimeout,
    TextEncoder,
    document: {},
  }
  context['window'] = context
  runInNewContext(code, context)
  expect(JSON.parse(await context.answer!)).toEqual(['undefined', 'undefined', [2, 2, 2, 3], true])
})
