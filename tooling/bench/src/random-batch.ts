import { createRandom } from '@mode-ood/core'
import type { TrainingBatch } from '@mode-ood/training'

const [size, classes] = [32, 10]

/** Images of noise with random labels out of ten classes, one label for all views of an image. */
export function randomBatch(count: number, views: number): TrainingBatch {
  const random = createRandom('benchmark')
  const data = random.fillNormal(new Float32Array(count * size * size * 3))
  const labels = Int32Array.from({ length: count / views }, () => random.integer(classes))
  return { images: { count, height: size, width: size, data }, labels }
}
