import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const program = `
import { backboneSpec } from '@mode-ood/backbones'
import { createTrainer } from './src/index.ts'

const trainer = await createTrainer({ spec: backboneSpec('cifar-resnet20'), classes: 10, loss: 'ce', workers: 2 })
const batch = {
  images: { count: 8, height: 32, width: 32, data: new Float32Array(8 * 3072) },
  labels: new Int32Array(8),
}
await trainer.step(batch, 0.01)
for (let ahead = 0; ahead < 6; ahead++) trainer.step(batch, 0.01).catch(() => {})
`

function exitOf(end: string): number | string | null {
  const { status, signal } = spawnSync(
    process.execPath,
    [...process.execArgv, '--input-type=module', '--eval', program + end],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      encoding: 'utf8',
    },
  )
  return signal ?? status
}

// Ending a thread inside onnxruntime would abort the process: SIGABRT instead of the code.
test('a process that exits while workers compute exits with its code', () => {
  expect(exitOf('setTimeout(() => process.exit(5), 30)')).toBe(5)
})

test('a trainer that nobody closes lets the process end when its steps are done', () => {
  expect(exitOf('')).toBe(0)
})
