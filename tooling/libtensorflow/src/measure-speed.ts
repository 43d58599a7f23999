import { cpus } from 'node:os'
import { type Architecture, backboneSpec } from '@mode-ood/backbones'
import { createTrainer, type Trainer, type TrainingBatch } from '@mode-ood/training'

const problems: readonly { readonly architecture: Architecture; readonly count: number }[] = [
  { architecture: 'cifar-resnet20', count: 64 },
  { architecture: 'cifar-resnet18', count: 32 },
]
const rounds = 5

/**
 * Steps of training, cross-entropy on CIFAR-sized images: the native package and the ONNX engine on one thread, in turns, in
 * this process. The median of five; the first step of each, in which everything is set up, does not count.
 */
export async function measureSpeed(
  backend: 'tfjs-node' | 'tfjs-node-gpu',
  print: (line: string) => void,
): Promise<void> {
  print(`${cpus()[0]!.model}, ${cpus().length} threads, Node ${process.versions.node}`)
  for (const { architecture, count } of problems) {
    const options = { spec: backboneSpec(architecture), classes: 10, loss: 'ce' } as const
    const native = await createTrainer({ ...options, engine: 'tfjs', backend })
    const onnx = await createTrainer({ ...options, engine: 'onnx' })
    const batch = randomBatch(count)
    const seconds = { native: [] as number[], onnx: [] as number[] }
    for (let round = 0; round <= rounds; round++) {
      for (const [name, trainer] of Object.entries({ native, onnx }) as [keyof typeof seconds, Trainer][]) {
        const elapsed = await timeStep(trainer, batch)
        if (round > 0) seconds[name].push(elapsed)
      }
    }
    const [a, b] = [count / median(seconds.native), count / median(seconds.onnx)]
    print(`${architecture}, ${count} images a step; images a second, and how the first compares with the second`)
    print(`  ${native.description}: ${a.toFixed(1)} (${(a / b).toFixed(2)})`)
    print(`  ${onnx.description}: ${b.toFixed(1)}`)
    await Promise.all([native.close(), onnx.close()])
  }
}

async function timeStep(trainer: Trainer, batch: TrainingBatch): Promise<number> {
  const start = performance.now()
  await trainer.step(batch, 0.01)
  return (performance.now() - start) / 1000
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

function randomBatch(count: number): TrainingBatch {
  const data = Float32Array.from({ length: count * 32 * 32 * 3 }, () => Math.random() * 2 - 1)
  return {
    images: { count, height: 32, width: 32, data },
    labels: Int32Array.from({ length: count }, (_, i) => i % 10),
  }
}
