// Draws the demo's training images, trains the checkpoint that the demo ships and writes it:
//   node tooling/demo/dist/train.js [FILE]
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { backboneSpec } from '@mode-ood/backbones'
import { openDemo } from '@mode-ood/data'
import { writeSafetensors } from '@mode-ood/safetensors'
import { measureAccuracy } from './measure-accuracy.ts'
import type { ImageSet } from './normalized-batch.ts'
import { trainClassifier } from './train-classifier.ts'

const defaultFile = fileURLToPath(
  new URL('../../../apps/evaluate/demo/cifar-resnet20-demo.safetensors', import.meta.url),
)
const settings = { images: 6000, epochs: 12, batchSize: 32, learningRate: 0.05, seed: 7 }

/** A demo set in memory. The training set's first images are those that the demo fits its scores on. */
async function drawImages(set: string, count?: number): Promise<ImageSet & { readonly classes: readonly string[] }> {
  const dataset = await openDemo({ set, count }, { name: set })
  for await (const { data, labels } of dataset.batches({ batchSize: dataset.count })) {
    return { count: dataset.count, size: dataset.height, data, labels: labels!, classes: dataset.classes! }
  }
  throw new Error(`the ${set} set is empty`)
}

async function main(file: string): Promise<void> {
  const spec = backboneSpec('cifar-resnet20')
  const started = performance.now()
  const minutes = () => `${((performance.now() - started) / 60_000).toFixed(1)} min`
  const train = await drawImages('train', settings.images)
  const test = await drawImages('test')
  const classes = train.classes.length
  process.stdout.write(`${train.count} + ${test.count} images drawn (${minutes()})\n`)
  const onEpoch = (epoch: number, loss: number) =>
    process.stdout.write(`epoch ${epoch + 1} of ${settings.epochs}: loss ${loss.toFixed(4)} (${minutes()})\n`)
  const tensors = await trainClassifier(spec, train, { ...settings, classes, onEpoch })
  const accuracy = await measureAccuracy(spec, tensors, test, classes)
  const metadata = {
    architecture: spec.name,
    classes: train.classes.join(','),
    madeBy: 'tooling/demo/src/train.ts',
    settings: JSON.stringify(settings),
    testAccuracy: String(accuracy),
  }
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.part`, writeSafetensors(tensors, metadata))
  await rename(`${file}.part`, file)
  process.stdout.write(`accuracy ${accuracy} on ${test.count} test images; ${file} written (${minutes()})\n`)
}

await main(process.argv[2] ?? defaultFile)
