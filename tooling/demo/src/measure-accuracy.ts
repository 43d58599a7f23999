import { type BackboneSpec, emitInference, loadStateDict } from '@mode-ood/backbones'
import type { StateDict } from '@mode-ood/core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { type ImageSet, normalizedBatch } from './normalized-batch.ts'

/** The share of images whose largest logit is that of their label. */
export async function measureAccuracy(
  spec: BackboneSpec,
  tensors: StateDict,
  images: ImageSet,
  classes: number,
): Promise<number> {
  const weights = loadStateDict(spec, tensors, { classes })
  const session = await InferenceSession.create(emitInference(spec, weights, { outputs: ['logits'] }))
  const batchSize = 100
  let correct = 0
  for (let start = 0; start < images.count; start += batchSize) {
    const indices = Array.from({ length: Math.min(batchSize, images.count - start) }, (_, i) => start + i)
    const { count, height, width, data } = normalizedBatch(images, indices)
    const { logits } = await session.run({ images: new Tensor('float32', data, [count, height, width, 3]) })
    const values = logits!.data as Float32Array
    for (const [row, index] of indices.entries()) {
      const own = values.subarray(row * classes, (row + 1) * classes)
      if (own.indexOf(Math.max(...own)) === images.labels[index]) correct++
    }
  }
  await session.release()
  return correct / images.count
}
