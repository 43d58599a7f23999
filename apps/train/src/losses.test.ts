import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSafetensors } from '@mode-ood/safetensors'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { run, smallTraining, writeConfiguration } from './command.test.fixture.ts'

const model = { ...smallTraining.model, architecture: 'cifar-resnet10-slim' }

interface Step {
  readonly kind: string
  readonly loss: number
  readonly parts: Record<string, number>
}

/** Trains for one epoch of five steps. */
async function trainOn(change: object) {
  const directory = temporaryDirectory()
  const config = writeConfiguration(directory, { model, epochs: 1, ...change })
  const output = join(directory, 'out')
  const { code, stderr } = await run('--config', config, '--output', output)
  expect([code, stderr]).toEqual([0, expect.stringContaining('epoch 1 of 1')])
  const checkpoint = join(output, 'small.safetensors')
  const lines = readFileSync(join(output, 'metrics.jsonl'), 'utf8').trim().split('\n')
  const steps = lines.map((line) => JSON.parse(line) as Step).filter(({ kind }) => kind === 'steps')
  return { checkpoint, stderr, steps, tensors: readSafetensors(readFileSync(checkpoint)).tensors }
}

type Trained = Awaited<ReturnType<typeof trainOn>>

const changed = (before: Trained, after: Trained) =>
  [...before.tensors].flatMap(([name, { data }]) => {
    const others = after.tensors.get(name)!.data
    return Buffer.compare(bytes(data), bytes(others)) === 0 ? [] : [name]
  })
const bytes = (data: ArrayBufferView) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
const stageOf = (name: string) => Number(/^layer(\d)/.exec(name)?.[1] ?? (/^(conv1|bn1)/.test(name) ? 0 : Infinity))

test('MODE-T trains an encoder, MODE-F goes on from it with ALPA alone, with stages frozen or not', async () => {
  const base = await trainOn({ loss: 'supcon+alpa' })
  expect(base.steps).toHaveLength(5)
  for (const { loss, parts } of base.steps) {
    expect(Object.keys(parts)).toEqual(['supcon', 'alpa'])
    expect(parts['supcon']! + parts['alpa']!).toBeCloseTo(loss, 4)
  }
  // Heads and projections are dropped.
  expect([...base.tensors.keys()].filter((name) => !/^(conv1|bn1|layer\d)\./.test(name))).toEqual([])

  const fine = { loss: 'alpa', optimizer: { learningRate: 0.01 } }
  const whole = await trainOn({ ...fine, model: { ...model, checkpoint: base.checkpoint } })
  const all = `all ${base.tensors.size} tensors of cifar-resnet10-slim taken, it has no classifier\n`
  expect(whole.stderr).toContain(all)
  expect(changed(base, whole)).toEqual([...base.tensors.keys()])
  expect(whole.steps.map(({ parts }) => parts)).toEqual(Array.from({ length: 5 }, () => ({})))

  const frozen = await trainOn({ ...fine, model: { ...model, checkpoint: base.checkpoint, frozenStages: 3 } })
  expect(frozen.stderr).toContain('its stem and first 3 of 4 stages are frozen')
  expect(changed(base, frozen)).toEqual([...base.tensors.keys()].filter((name) => stageOf(name) > 3))
}, 300_000)

test('cross-entropy beside ALPA leaves a classifier, which ALPA alone does not touch', async () => {
  const base = await trainOn({ loss: { name: 'ce+alpa', alpaWeight: 0.5, alpa: { dimension: 8, grid: 2 } } })
  for (const { loss, parts } of base.steps) {
    expect(Object.keys(parts)).toEqual(['ce', 'alpa'])
    expect(parts['ce']! + parts['alpa']!).toBeCloseTo(loss, 4)
  }
  const whole = await trainOn({ loss: 'alpa', model: { ...model, checkpoint: base.checkpoint } })
  expect(whole.stderr).toContain('taken, its classifier included')
  expect(changed(base, whole)).toEqual([...base.tensors.keys()].filter((name) => stageOf(name) < Infinity))
}, 300_000)
