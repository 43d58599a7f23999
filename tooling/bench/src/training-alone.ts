// Started by the benchmark of training: `training-alone ARCHITECTURE LOSS BATCH` takes some steps with one worker and prints the
// seconds of the trainer's start and of every step.
import { type Architecture, backboneSpec } from '@mode-ood/backbones'
import { createTrainer, type LossInput } from '@mode-ood/training'
import { randomBatch } from './random-batch.ts'

const steps = 4
const [architecture, loss, count] = process.argv.slice(2) as [Architecture, LossInput & string, string]
const batch = randomBatch(Number(count), loss === 'ce' ? 1 : 2)

async function timed<T>(task: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const began = performance.now()
  const result = await task()
  return { result, seconds: (performance.now() - began) / 1000 }
}

const start = await timed(() => createTrainer({ spec: backboneSpec(architecture), classes: 10, loss, seed: 1 }))
const turns: number[] = []
for (let step = 0; step < steps; step++) turns.push((await timed(() => start.result.step(batch, 0.01))).seconds)
await start.result.close()
process.stdout.write(JSON.stringify({ start: start.seconds, steps: turns }))
