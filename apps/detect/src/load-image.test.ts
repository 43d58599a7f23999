import type { Detector } from '@mode-ood/detector'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { createImageLoader } from './load-image.ts'
import { drawImage } from './small-detector.test.fixture.ts'

test('however many images are asked for, a few are decoded at a time', async () => {
  const parts = { model: { inputSize: { height: 8, width: 8 } }, preprocessing: { mean: [0, 0, 0], std: [1, 1, 1] } }
  const loader = createImageLoader({ parts } as unknown as Detector)
  const image = await drawImage('coloured', 1)
  const left = new Set(Array.from({ length: 60 }, (_, i) => `${i}`))
  const loading = Array.from(left, (name) => loader.loadBytes(image, { name }).finally(() => left.delete(name)))
  let most = 0
  while (left.size > 0) {
    const { queue, process: decoding } = sharp.counters()
    most = Math.max(most, queue + decoding)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect((await Promise.all(loading)).map(({ length }) => length)).toEqual(Array(60).fill(192))
  expect(most).toBeGreaterThan(0)
  // sharp counts an image for a moment still when it is done: four may be seen as eight, but not as sixty.
  expect(most).toBeLessThanOrEqual(8)
})
