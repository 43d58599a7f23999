import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { openMetricsLog } from './metrics-log.ts'

const steps = (step: number) =>
  ({ kind: 'steps', epoch: 0, step, loss: 1 / step, parts: {}, learningRate: 0.1, imagesPerSecond: 9 }) as const
const stepsIn = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { step: number }).step)

test('a log that goes on forgets what came after the checkpoint, and a line that was cut off', async () => {
  const file = join(temporaryDirectory(), 'metrics.jsonl')
  const first = await openMetricsLog(file, 0)
  for (const step of [3, 6, 9]) await first.append(steps(step))
  appendFileSync(file, '{"kind":"steps","ep')
  const second = await openMetricsLog(file, 6)
  await second.append(steps(8))
  expect(stepsIn(file)).toEqual([3, 6, 8])
  expect(second.records).toEqual([3, 6, 8].map(steps))
})

test('a run that begins empties the log', async () => {
  const file = join(temporaryDirectory(), 'metrics.jsonl')
  await (await openMetricsLog(file, 0)).append(steps(1))
  expect([(await openMetricsLog(file, 0)).records, stepsIn(file)]).toEqual([[], []])
})
