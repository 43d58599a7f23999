import { InvalidOptionError } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { normalizeImages } from './normalize-images.ts'

const batch = {
  count: 1,
  height: 1,
  width: 2,
  data: Uint8Array.of(0, 128, 255, 7, 200, 31),
  labels: null,
  indices: Int32Array.of(0),
}

test('normalises each channel as PyTorch does in float32', () => {
  const images = normalizeImages(batch, { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] })
  expect(images).toMatchObject({ count: 1, height: 1, width: 2 })
  // torch.tensor([[0, 128, 255], [7, 200, 31]]).div(255).sub(mean).div(std), PyTorch 2.13
  expect([...images.data]).toEqual([
    -2.1179039478302, 0.20518219470977783, 2.640000104904175, -1.998030662536621, 1.465686321258545,
    -1.2641394138336182,
  ])
})

test('refuses a mean or std that is no number', () => {
  expect(() => normalizeImages(batch, { mean: [0, Number.NaN, 0], std: [1, 1, 1] })).toThrow(InvalidOptionError)
  expect(() => normalizeImages(batch, { mean: [0, 0, 0], std: [1, 0, 1] })).toThrow(
    'std must hold positive numbers, not 0',
  )
})
