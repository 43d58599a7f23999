import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { nodeArguments, run, writeConfiguration } from './command.test.fixture.ts'

/** Two views, an optimiser with velocities, and a warm-up that ends within an epoch: whatever a break could disturb. */
const change = {
  workers: 2,
  views: 2,
  augmentation: 'contrastive',
  schedule: { name: 'cosine', warmUp: { epochs: 1.5 } },
}

const records = (output: string) =>
  readFileSync(join(output, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const { imagesPerSecond: _, ...record } = JSON.parse(line) as Record<string, unknown>
      return record
    })

/** What a finished run leaves. */
const remains = (output: string) => ({
  model: readFileSync(join(output, 'small.safetensors')),
  checkpoint: readFileSync(join(output, 'checkpoints/step-00000010.safetensors')),
  best: readFileSync(join(output, 'checkpoints/best.safetensors')),
  records: records(output),
})

/** Trains in a process of its own and sends it a signal as soon as its log tells of step `step`. */
async function interrupt(
  signal: NodeJS.Signals,
  step: number,
  output: string,
  ...args: string[]
): Promise<number | null> {
  const child = spawn(process.execPath, [...nodeArguments, ...args, '--output', output], { stdio: 'ignore' })
  const log = join(output, 'metrics.jsonl')
  const watcher = watch(output, () => {
    if (existsSync(log) && readFileSync(log, 'utf8').includes(`"step":${step},`)) child.kill(signal)
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  watcher.close()
  return code
}

test('a run that was interrupted, then killed, ends in the very bits of one without a break', async () => {
  const directory = temporaryDirectory()
  const config = writeConfiguration(directory, change)
  const [whole, broken] = [join(directory, 'whole'), join(directory, 'broken')]
  expect((await run('--config', config, '--output', whole)).code).toBe(0)

  mkdirSync(broken)
  expect(await interrupt('SIGINT', 2, broken, '--config', config)).toBe(130)
  const saved = readdirSync(join(broken, 'checkpoints'))
  expect(saved).toEqual([expect.stringMatching(/^step-0000000[234]\.safetensors$/)])
  expect(await interrupt('SIGKILL', 7, broken, '--config', config, '--resume')).toBeNull()
  expect(readdirSync(join(broken, 'checkpoints'))).not.toContain('step-00000010.safetensors')

  const { code, stderr } = await run('--config', config, '--output', broken, '--resume')
  expect([code, stderr]).toEqual([0, expect.stringMatching(/going on from .*step-00000005/)])
  expect(remains(broken)).toEqual(remains(whole))
}, 300_000)
