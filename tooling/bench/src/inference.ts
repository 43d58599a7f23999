import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Images } from '@mode-ood/core'
import { openModel, runBatches, type Model } from '@mode-ood/inference'
import { startPythonPeer, type PythonPeer } from './python-peer.ts'
import type { Settings } from './settings.ts'
import { median, spread } from './statistics.ts'

const architectures = ['cifar-resnet20', 'cifar-resnet18'] as const
const modes = ['eager', 'channels_last', 'frozen'] as const
const batch = 64
/** Length of a turn. */
const seconds = 3

/**
 * Images a second at batch 64, logits only, against PyTorch's modes on as many threads: both sides run the same weights in
 * turns of three seconds, and first must give the same logits.
 */
export async function benchmarkInference({ python, rounds, print }: Settings): Promise<void> {
  if (!python) {
    print('inference: PyTorch makes the weights, so name a Python (--python PATH)')
    return
  }
  const directory = mkdtempSync(join(tmpdir(), 'mode-ood-bench-'))
  const peer = startPythonPeer(python, 'inference_reference.py')
  try {
    for (const architecture of architectures) {
      const { torch } = await peer.request<{ torch: string }>({ architecture, batch, write: directory })
      for (const threads of [1, 2]) {
        const checkpoint = join(directory, 'weights.safetensors')
        const model = await openModel({ architecture, checkpoint, threads, chunkSize: batch })
        const images = readImages(directory)
        await checkLogits(model, images, directory)
        const rates = await measure(model, images, peer, { architecture, threads, rounds })
        await model.close()
        report(`${architecture}, ${threads} thread${threads > 1 ? 's' : ''}`, torch, rates, print)
      }
    }
  } finally {
    peer.close()
    rmSync(directory, { recursive: true })
  }
}

interface Rates {
  readonly ours: number[]
  readonly theirs: Record<(typeof modes)[number], number[]>
}

async function measure(
  model: Model,
  images: Images,
  peer: PythonPeer,
  { architecture, threads, rounds }: { architecture: string; threads: number; rounds: number },
): Promise<Rates> {
  const rates: Rates = { ours: [], theirs: { eager: [], channels_last: [], frozen: [] } }
  await ourRate(model, images, 1)
  for (let round = 0; round < rounds; round++) {
    rates.ours.push(await ourRate(model, images, seconds))
    for (const mode of modes) {
      const question = { architecture, mode, threads, batch, seconds }
      const answer = await peer.request<{ images: number; seconds: number }>(question)
      rates.theirs[mode].push(answer.images / answer.seconds)
    }
  }
  return rates
}

/** A stream of batches, as an evaluation runs them. */
async function ourRate(model: Model, images: Images, duration: number): Promise<number> {
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1000
  function* batches(): Generator<Images> {
    while (elapsed() < duration) yield images
  }
  let count = 0
  for await (const { outputs } of runBatches(model, batches(), { outputs: ['logits'] })) count += outputs.logits.rows
  return count / elapsed()
}

function readImages(directory: string): Images {
  const data = readFloats(join(directory, 'images.bin'))
  return { count: batch, height: 32, width: 32, data }
}

async function checkLogits(model: Model, images: Images, directory: string): Promise<void> {
  const expected = readFloats(join(directory, 'logits.bin'))
  const { logits } = await model.run(images, { outputs: ['logits'] })
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  const difference = expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - logits.data[i]!)), 0)
  if (!(difference < 1e-4 * scale)) {
    throw new Error(`${model.name}: logits differ from PyTorch's by ${difference} at a scale of ${scale}`)
  }
}

function readFloats(path: string): Float32Array {
  const { buffer, byteOffset, length } = readFileSync(path)
  return new Float32Array(buffer.slice(byteOffset, byteOffset + length))
}

function report(title: string, torch: string, { ours, theirs }: Rates, print: Settings['print']): void {
  const best = modes.toSorted((a, b) => median(theirs[b]) - median(theirs[a]))[0]!
  const ratios = ours.map((rate, round) => rate / Math.max(...modes.map((mode) => theirs[mode][round]!)))
  print(`${title}, images a second`)
  print(`  mode-ood       ${spread(ours, 0)}`)
  for (const mode of modes) print(`  ${mode.padEnd(14)} ${spread(theirs[mode], 0)}`)
  print(`  ratio to the best of PyTorch ${torch} (${best}): ${spread(ratios, 2)}`)
}
