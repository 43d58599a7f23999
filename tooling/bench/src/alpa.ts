import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRandom, type Tensor } from '@mode-ood/core'
import { readSafetensors, writeSafetensors } from '@mode-ood/safetensors'
import { measureProcess } from './measure-process.ts'
import { pythonScript } from './python-peer.ts'
import type { Settings } from './settings.ts'
import { median, spread } from './statistics.ts'

/** A batch of 128 images in two views, the last maps of a ResNet-18 for 32 x 32 pixels. */
const [count, positions, channels, dimension] = [256, 16, 512, 80]
const classes = 10
const script = (name: string) => fileURLToPath(new URL(`./${name}.js`, import.meta.url))

interface Side {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
}

interface Turn {
  readonly seconds: number
  readonly peakMebibytes: number | null
}

/**
 * ALPA's loss with its seven gradients, against PyTorch as the authors formulate it (autograd), each side in a process of its own
 * that computes once to warm up and once for the clock. All must find the same loss and gradients. The peak is that of the
 * whole process.
 */
export async function benchmarkAlpa({ python, rounds, print }: Settings): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mode-ood-bench-'))
  try {
    writeFileSync(join(directory, 'inputs.safetensors'), writeSafetensors(randomInputs()))
    const sides = sidesOf(python)
    const turns = new Map<string, Turn[]>(sides.map(({ name }) => [name, []]))
    for (let round = 0; round < rounds; round++) {
      for (const { name, program, args } of sides) {
        const { stdout, peakMebibytes } = await measureProcess(program, [...args, directory, name])
        const { seconds } = JSON.parse(stdout) as { seconds: number }
        turns.get(name)!.push({ seconds, peakMebibytes })
      }
      if (round === 0) compare(directory, sides)
    }
    print(
      `alpa, loss and gradients, ${count} maps of ${positions} positions and ${channels} channels, dimension ${dimension}`,
    )
    for (const { name } of sides) report(name, turns, print)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const reference = 'PyTorch, 2 threads'

function sidesOf(python: string | null): Side[] {
  const peer = (threads: number) => ({ program: python!, args: [pythonScript('alpa_reference.py'), String(threads)] })
  const onnx = (threads: number) => ({ program: process.execPath, args: [script('alpa-in-onnx'), String(threads)] })
  return [
    { name: 'onnxruntime, 2 threads', ...onnx(2) },
    { name: 'onnxruntime, 1 thread', ...onnx(1) },
    { name: 'TensorFlow.js on WASM, 1 thread', program: process.execPath, args: [script('alpa-in-wasm')] },
    ...(python
      ? [
          { name: reference, ...peer(2) },
          { name: 'PyTorch, 1 thread', ...peer(1) },
        ]
      : []),
  ]
}

function randomInputs(): Map<string, Tensor> {
  const random = createRandom('alpa benchmark')
  const draw = (shape: number[], next: () => number): Tensor => ({
    dtype: 'F32',
    shape,
    data: Float32Array.from({ length: shape.reduce((product, extent) => product * extent, 1) }, next),
  })
  // Of few bits, so that what enters a ReLU is exact whatever the order of sums, and no side decides it otherwise.
  const rounded = (value: number, fraction: number) => Math.round(value * fraction) / fraction
  const feature = () => rounded(Math.max(0, random.normal()), 2 ** 6)
  const weight = () => rounded((2 * random.uniform() - 1) / Math.sqrt(channels), 2 ** 12)
  const roles = ['query', 'key', 'value']
  return new Map<string, Tensor>([
    ['map', draw([count, positions, channels], feature)],
    [
      'labels',
      { dtype: 'I32', shape: [count / 2], data: Int32Array.from({ length: count / 2 }, () => random.integer(classes)) },
    ],
    ...roles.flatMap((role): [string, Tensor][] => [
      [`${role}.w1`, draw([channels, channels], weight)],
      [`${role}.w2`, draw([channels, dimension], weight)],
    ]),
  ])
}

/** @throws when a side finds another loss or gradient than the last one. */
function compare(directory: string, sides: readonly Side[]): void {
  const read = (name: string) => readSafetensors(readFileSync(join(directory, `${name}.safetensors`))).tensors
  const expected = read(sides.at(-1)!.name)
  for (const { name } of sides) {
    const found = read(name)
    for (const [tensor, { data }] of expected) {
      const wanted = data as Float32Array
      const values = found.get(tensor)!.data as Float32Array
      const scale = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
      const difference = wanted.reduce((worst, value, i) => Math.max(worst, Math.abs(value - values[i]!)), 0)
      if (!(difference < 1e-4 * scale))
        throw new Error(`${name}: ${tensor} differs by ${difference} at a scale of ${scale}`)
    }
  }
}

function report(name: string, turns: ReadonlyMap<string, readonly Turn[]>, print: Settings['print']): void {
  const own = turns.get(name)!
  const theirs = turns.get(reference)
  const peaks = (side: readonly Turn[]) => side.flatMap(({ peakMebibytes }) => peakMebibytes ?? [])
  const peak = peaks(own).length > 0 ? `, at most ${spread(peaks(own), 0)} MiB` : ''
  print(
    `  ${name.padEnd(32)} ${spread(
      own.map(({ seconds }) => seconds),
      2,
    )} s${peak}`,
  )
  if (!theirs || name.startsWith('PyTorch')) return
  const ratios = own.map(({ seconds }, round) => theirs[round]!.seconds / seconds)
  const memory = peak ? `, ${(median(peaks(theirs)) / median(peaks(own))).toFixed(1)} times less memory` : ''
  print(`    ${spread(ratios, 1)} times as fast as ${reference}${memory}`)
}
