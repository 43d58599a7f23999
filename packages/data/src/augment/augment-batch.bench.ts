// 128 images of 32 x 32, two views: npx vitest bench --run --config ../../tooling/vitest/vitest.config.mjs
import { bench, describe } from 'vitest'
import { openDemo } from '../demo/open-demo.ts'
import { createAugmentBatch } from './augment-batch.ts'
import { augmentationSchema } from './augmentation-config.ts'
import { openImageSource } from './image-source.ts'

const source = await openImageSource(await openDemo({ set: 'test', count: 128 }, { name: 'demo' }))
const batch = await source.read(Int32Array.from({ length: 128 }, (_, i) => i))
const normalization = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const

describe('256 views of 32 x 32', () => {
  for (const name of ['none', 'crop-flip', 'resized-crop-flip', 'contrastive'] as const) {
    const augment = createAugmentBatch({
      augmentation: augmentationSchema.parse(name),
      normalization,
      seed: 7,
      views: 2,
    })
    let epoch = 0
    bench(name, () => void augment(batch, epoch++))
  }
})
