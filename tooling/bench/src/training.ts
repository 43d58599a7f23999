import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backboneSpec } from '@mode-ood/backbones'
import { createRandom } from '@mode-ood/core'
import { writeSafetensors } from '@mode-ood/safetensors'
import { createTrainer, modelTensors, type Trainer, type TrainingBatch } from '@mode-ood/training'
import { type PythonPeer, startPythonPeer } from './python-peer.ts'
import type { Settings } from './settings.ts'
import { median, spread } from './statistics.ts'

const cases = [
  { architecture: 'cifar-resnet20', batch: 64 },
  { architecture: 'cifar-resnet18', batch: 32 },
] as const
const modes = ['eager', 'channels_last'] as const
const classes = 10
/** Length of a turn. */
const seconds = 6

/**
 * Images a second of training steps (forward, backward, SGD with momentum and weight decay), against PyTorch's modes on as
 * many threads. Both sides begin with the same weights and first must agree on the loss and on what one step made of them.
 */
export async function benchmarkTraining({ python, rounds, print }: Settings): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mode-ood-bench-'))
  const peer = python ? startPythonPeer(python, 'training_reference.py') : undefined
  try {
    for (const { architecture, batch } of cases) {
      for (const workers of [1, 2]) {
        // every worker has a whole batch, as every thread of PyTorch's has its part of one as large
        const images = batch * workers
        const sides = await openSides(architecture, workers)
        const data = randomBatch(images)
        writeFolder(directory, data, await sides.blocked.state())
        if (peer && workers === 1) await check(sides, data, peer, { architecture, folder: directory, batch: images })
        const rates = await measure(sides, data, rounds, async (mode) => {
          if (!peer) return undefined
          const question = { architecture, folder: directory, batch: images, mode, threads: workers, seconds }
          const answer = await peer.request<{ images: number; seconds: number }>(question)
          return answer.images / answer.seconds
        })
        report(`${architecture}, batch ${images}, ${workers === 1 ? 'one thread' : `${workers} threads`}`, rates, print)
        await Promise.all(Object.values(sides).map((trainer) => trainer.close()))
      }
    }
  } finally {
    peer?.close()
    rmSync(directory, { recursive: true })
  }
}

type Sides = Readonly<Record<'blocked' | 'plain', Trainer>>

async function openSides(architecture: (typeof cases)[number]['architecture'], workers: number): Promise<Sides> {
  const options = { spec: backboneSpec(architecture), classes, loss: 'ce', workers, seed: 1 } as const
  return { blocked: await createTrainer(options), plain: await createTrainer({ ...options, layout: 'plain' }) }
}

function randomBatch(count: number): TrainingBatch {
  const random = createRandom('benchmark')
  const data = Float32Array.from({ length: count * 32 * 32 * 3 }, random.normal)
  const labels = Int32Array.from({ length: count }, () => random.integer(classes))
  return { images: { count, height: 32, width: 32, data }, labels }
}

function writeFolder(
  folder: string,
  { images, labels }: TrainingBatch,
  state: Awaited<ReturnType<Trainer['state']>>,
): void {
  writeFileSync(join(folder, 'weights.safetensors'), writeSafetensors(modelTensors(state)))
  writeFileSync(join(folder, 'images.bin'), images.data)
  writeFileSync(join(folder, 'labels.bin'), labels)
}

async function check(sides: Sides, batch: TrainingBatch, peer: PythonPeer, question: object): Promise<void> {
  const theirs = await peer.request<{ loss: number; logits: number[] }>({ ...question, check: true })
  const two = { ...batch.images, count: 2, data: batch.images.data.subarray(0, 2 * 32 * 32 * 3) }
  for (const [name, trainer] of Object.entries(sides)) {
    const { loss } = await trainer.step(batch, 0.01)
    const { logits } = await trainer.evaluate(two)
    const scale = Math.max(...theirs.logits.map(Math.abs))
    const difference = Math.max(...theirs.logits.map((value, i) => Math.abs(value - logits!.data[i]!)))
    if (Math.abs(loss / theirs.loss - 1) < 1e-4 && difference < 1e-3 * scale) continue
    throw new Error(`${name}: loss ${loss} instead of PyTorch's ${theirs.loss}, logits differ by ${difference / scale}`)
  }
}

type Side = keyof Sides | (typeof modes)[number]

async function measure(
  sides: Sides,
  batch: TrainingBatch,
  rounds: number,
  peerRate: (mode: (typeof modes)[number]) => Promise<number | undefined>,
): Promise<Map<Side, number[]>> {
  const rates = new Map<Side, number[]>()
  const note = (side: Side, rate: number | undefined) => {
    if (rate !== undefined) rates.set(side, [...(rates.get(side) ?? []), rate])
  }
  for (let round = 0; round < rounds; round++) {
    for (const side of ['blocked', 'plain'] as const) note(side, await ourRate(sides[side], batch))
    for (const mode of modes) note(mode, await peerRate(mode))
  }
  return rates
}

async function ourRate(trainer: Trainer, batch: TrainingBatch): Promise<number> {
  await trainer.step(batch, 0.01)
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1000
  let count = 0
  while (elapsed() < seconds) {
    await trainer.step(batch, 0.01)
    count += batch.images.count
  }
  return count / elapsed()
}

function report(title: string, rates: ReadonlyMap<Side, number[]>, print: Settings['print']): void {
  print(`${title}, images a second`)
  for (const [side, values] of rates) print(`  ${side.padEnd(14)} ${spread(values, 0)}`)
  const theirs = modes.flatMap((mode) => (rates.has(mode) ? [{ mode, values: rates.get(mode)! }] : []))
  if (theirs.length === 0) return
  const best = theirs.toSorted((a, b) => median(b.values) - median(a.values))[0]!.mode
  const fastest = rates.get(best)!.map((_, round) => Math.max(...theirs.map(({ values }) => values[round]!)))
  for (const side of ['blocked', 'plain'] as const) {
    const ratios = rates.get(side)!.map((rate, round) => rate / fastest[round]!)
    print(`  ratio of ${side} to PyTorch at its best (${best}): ${spread(ratios, 2)}`)
  }
}
