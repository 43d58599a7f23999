import { readFileSync } from 'node:fs'
import type { Images } from '@mode-ood/core'
import { describeWithData, realData, relativeError } from '@mode-ood/testing'
import { unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import { openModel } from './index.ts'

/** Records `from`..`from + count` of a CIFAR-10 binary file, normalised as the two real checkpoints want them. */
function cifarImages(count: number): Images {
  const bytes = readFileSync(realData('cifar10/test_a.bin'))
  const mean = [0.485, 0.456, 0.406]
  const deviation = [0.229, 0.224, 0.225]
  const data = new Float32Array(count * 3072)
  for (let i = 0; i < data.length; i++) {
    const channel = i % 3
    const value = bytes[Math.floor(i / 3072) * 3073 + 1 + channel * 1024 + Math.floor((i % 3072) / 3)]!
    data[i] = (value / 255 - mean[channel]!) / deviation[channel]!
  }
  return { count, height: 32, width: 32, data }
}

/** A float32 array of a NumPy archive. */
function numpyArray(archive: string, name: string): Float32Array {
  const bytes = unzipSync(readFileSync(archive))[`${name}.npy`]!
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint16(8, true)
  return new Float32Array(bytes.slice(10 + headerLength).buffer)
}

for (const depth of [20, 32] as const) {
  const checkpoint = `models/resnet${depth}_cifar10.safetensors`
  const expected = `expected/resnet${depth}_cifar10_first64.npz`
  describeWithData(`the published ResNet-${depth}`, [checkpoint, expected, 'cifar10/test_a.bin'], () => {
    test('gives the logits and features PyTorch gives', async () => {
      const model = await openModel({
        architecture: `cifar-resnet${depth}`,
        checkpoint: realData(checkpoint),
        classes: 10,
      })
      const { logits, embedding } = await model.run(cifarImages(64))
      await model.close()
      expect(relativeError(logits.data, numpyArray(realData(expected), 'logits'))).toBeLessThan(1e-4)
      expect(relativeError(embedding.data, numpyArray(realData(expected), 'features'))).toBeLessThan(1e-4)
    })
  })
}
