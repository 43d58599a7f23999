import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { backboneSpec } from '@mode-ood/backbones'
import { writeSafetensors } from '@mode-ood/safetensors'
import { createTrainer, type Trainer, type TrainingBatch } from '@mode-ood/training'
import { measureProcess } from './measure-process.ts'
import { type PythonPeer, startPythonPeer } from './python-peer.ts'
import { randomBatch } from './random-batch.ts'
import type { Settings } from './settings.ts'
import { median, spread } from './statistics.ts'

interface Case {
  readonly architecture: 'cifar-resnet20' | 'cifar-resnet18'
  readonly loss: 'ce' | 'ce+alpa' | 'supcon+alpa'
  /** Images a step, all views counted. */
  readonly batch: number
  readonly workers: number
  /** Plain operators, too. */
  readonly plain?: true
  /** Start and memory of a process of its own, too. */
  readonly alone?: true
}

const cases: readonly Case[] = [
  { architecture: 'cifar-resnet20', loss: 'ce', batch: 64, workers: 1, plain: true, alone: true },
  { architecture: 'cifar-resnet20', loss: 'ce', batch: 64, workers: 2 },
  { architecture: 'cifar-resnet18', loss: 'ce', batch: 32, workers: 1, plain: true, alone: true },
  { architecture: 'cifar-resnet18', loss: 'ce', batch: 32, workers: 2 },
  // 64 images in two views; PyTorch computes ALPA as its authors formulate it
  { architecture: 'cifar-resnet20', loss: 'ce+alpa', batch: 128, workers: 1 },
  { architecture: 'cifar-resnet20', loss: 'supcon+alpa', batch: 128, workers: 1 },
]
const modes = ['eager', 'channels_last'] as const
const classes = 10
/** Length of a turn. */
const seconds = 4

/**
 * Images a second of training steps (forward, backward, SGD with momentum and weight decay), against PyTorch's modes on as
 * many threads. Both sides begin with the same weights and, with one worker, first must agree on the loss and on what one step
 * made of the network: several workers have batch statistics of their own.
 */
export async function benchmarkTraining({ python, rounds, only, print }: Settings): Promise<void> {
  const chosen = cases.filter((each) => only === null || titleOf(each).includes(only))
  if (chosen.length === 0) throw new Error(`no row with "${only}": there are ${cases.map(titleOf).join('; ')}`)
  const directory = mkdtempSync(join(tmpdir(), 'mode-ood-bench-'))
  const peer = python ? startPythonPeer(python, 'training_reference.py') : undefined
  try {
    for (const each of chosen) {
      await measureCase(each, { directory, peer, rounds, print })
      if (each.alone) await measureAlone(each, print)
    }
  } finally {
    peer?.close()
    rmSync(directory, { recursive: true })
  }
}

function titleOf({ architecture, loss, batch, workers }: Case): string {
  return `${architecture}, ${loss}, batch ${batch}, ${workers === 1 ? 'one thread' : `${workers} threads`}`
}

interface Bench extends Pick<Settings, 'rounds' | 'print'> {
  readonly directory: string
  readonly peer: PythonPeer | undefined
}

async function measureCase(each: Case, { directory, peer, rounds, print }: Bench): Promise<void> {
  const { architecture, loss, batch, workers } = each
  const sides = await openSides(each)
  try {
    const data = randomBatch(batch, loss === 'ce' ? 1 : 2)
    writeFolder(directory, data, await sides.blocked.state())
    const question = { architecture, loss, folder: directory, batch }
    if (peer && workers === 1) await check(sides, data, peer, question)
    const rates = await measure(sides, data, rounds, async (mode) => {
      if (!peer) return undefined
      const answer = await peer.request<{ images: number; seconds: number }>({
        ...question,
        mode,
        threads: workers,
        seconds,
      })
      return answer.images / answer.seconds
    })
    report(titleOf(each), rates, print)
  } finally {
    await Promise.all(Object.values(sides).map((trainer) => trainer.close()))
  }
}

/** A process with one worker: what it takes to start, and its memory. The session is opened by the first step. */
async function measureAlone({ architecture, loss, batch }: Case, print: Settings['print']): Promise<void> {
  const script = fileURLToPath(new URL('./training-alone.js', import.meta.url))
  const { stdout, peakMebibytes } = await measureProcess(process.execPath, [script, architecture, loss, String(batch)])
  const { start, steps } = JSON.parse(stdout) as { start: number; steps: number[] }
  const session = steps[0]! - median(steps.slice(1))
  const memory = peakMebibytes === null ? '' : `, at most ${peakMebibytes.toFixed(0)} MiB in all`
  print(
    `  a process of its own: trainer ready after ${start.toFixed(2)} s, first step ${session.toFixed(2)} s longer than those after it${memory}`,
  )
}

type Sides = Readonly<{ blocked: Trainer; plain?: Trainer }>

async function openSides({ architecture, loss, workers, plain }: Case): Promise<Sides> {
  const options = { spec: backboneSpec(architecture), classes, loss, workers, seed: 1 }
  const blocked = await createTrainer(options)
  return plain ? { blocked, plain: await createTrainer({ ...options, layout: 'plain' }) } : { blocked }
}

function writeFolder(
  folder: string,
  { images, labels }: TrainingBatch,
  state: Awaited<ReturnType<Trainer['state']>>,
): void {
  writeFileSync(join(folder, 'weights.safetensors'), writeSafetensors(state))
  writeFileSync(join(folder, 'images.bin'), images.data)
  writeFileSync(join(folder, 'labels.bin'), labels)
}

async function check(sides: Sides, batch: TrainingBatch, peer: PythonPeer, question: object): Promise<void> {
  const theirs = await peer.request<{ loss: number; embedding: number[] }>({ ...question, check: true })
  const two = { ...batch.images, count: 2, data: batch.images.data.subarray(0, 2 * 32 * 32 * 3) }
  for (const [name, trainer] of Object.entries(sides)) {
    const { loss } = await trainer.step(batch, 0.01)
    const { embedding } = await trainer.evaluate(two)
    const scale = Math.max(...theirs.embedding.map(Math.abs))
    const difference = Math.max(...theirs.embedding.map((value, i) => Math.abs(value - embedding.data[i]!)))
    if (Math.abs(loss / theirs.loss - 1) < 1e-4 && difference < 1e-3 * scale) continue
    throw new Error(
      `${name}: loss ${loss} instead of PyTorch's ${theirs.loss}, embeddings differ by ${difference / scale}`,
    )
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
    for (const [side, trainer] of Object.entries(sides)) note(side as Side, await ourRate(trainer, batch))
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
    const ratios = (rates.get(side) ?? []).map((rate, round) => rate / fastest[round]!)
    if (ratios.length > 0) print(`  ratio of ${side} to PyTorch at its best (${best}): ${spread(ratios, 2)}`)
  }
}
