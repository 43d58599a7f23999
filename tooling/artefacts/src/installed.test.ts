import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { repository, run } from './packed-packages.ts'

const project = inject('project')
writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "type": "module", "private": true }')

const program = `
import { defineScore, matrixRow, type Matrix } from '@mode-ood/core'
import { csd } from '@mode-ood/csd'
import { createFeatureBank } from '@mode-ood/feature-bank'
import { auroc } from '@mode-ood/metrics'
import { readSafetensors, writeSafetensors } from '@mode-ood/safetensors'
import { msp } from '@mode-ood/scores'

const logits: Matrix = { rows: 2, columns: 2, data: Float32Array.of(4, 0, 1, 1) }
const margin = defineScore({
  name: 'margin',
  needs: ['logits'],
  score: ({ logits }) => Float64Array.from({ length: logits.rows }, (_, i) => {
    const row = matrixRow(logits, i)
    return row[0]! - row[1]!
  }),
})
const margins = await (await margin().fit([])).score({ logits })
const confidences = await (await msp().fit([])).score({ logits })

const bank = await createFeatureBank({ threads: 1 })
await bank.add({ rows: 3, columns: 2, data: Float32Array.of(0, 0, 1, 0, 0, 3) })
const { distances } = await bank.search({ rows: 1, columns: 2, data: Float32Array.of(0, 1) }, 3)
await bank.close()

const bytes = writeSafetensors(new Map([['w', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) }]]))
const { tensors } = readSafetensors(bytes)

console.log(JSON.stringify({
  margins: [...margins],
  confident: confidences[0]! > confidences[1]!,
  distances: [...distances],
  tensor: [...(tensors.get('w')!.data as Float32Array)],
  auroc: auroc(Float64Array.of(3, 2, 1), Float64Array.of(0, 1.5)),
  csd: csd({ k: 3 }).name,
}))
`

const settings = {
  strict: true,
  noUncheckedIndexedAccess: true,
  target: 'es2023',
  module: 'nodenext',
  skipLibCheck: false,
}

test('a project that installs the tarballs compiles against their types and runs', async () => {
  writeFileSync(join(project, 'consumer.ts'), program)
  const types = ['node']
  const typeRoots = [join(repository, 'node_modules/@types')]
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...settings, types, typeRoots }, files: ['consumer.ts'] }),
  )
  await run(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-p', '.'], { cwd: project })
  // Without the options under which tests load sources.
  const env = { ...process.env, NODE_OPTIONS: '' }
  const { stdout, stderr } = await run(process.execPath, ['consumer.js'], { cwd: project, env })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    margins: [4, 0],
    confident: true,
    distances: [1, 2, 4],
    tensor: [1, 2],
    // Of the six pairs only (1, 1.5) is in the wrong order.
    auroc: 5 / 6,
    csd: 'csd',
  })
}, 120_000)

test('types and code agree on what is exported', async () => {
  writeFileSync(join(project, 'wrong.ts'), `import { noSuchThing } from '@mode-ood/core'\nnoSuchThing()\n`)
  const options = ['--noEmit', '--ignoreConfig', '--module', 'nodenext', '--target', 'es2023', 'wrong.ts']
  const compiling = run(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), ...options], {
    cwd: project,
  })
  await expect(compiling).rejects.toMatchObject({ stdout: expect.stringContaining('noSuchThing') })
}, 60_000)
