import { expect, test } from 'vitest'
import { settingText } from './setting-text.ts'

test.each([
  ['sgd, learning rate 0.1, nesterov false', { name: 'sgd', learningRate: 0.1, nesterov: false, other: undefined }],
  [
    'crop (resized, scale 0.2 and 1, ratio 0.75 and 1.333), jitter none',
    { crop: { kind: 'resized', scale: [0.2, 1], ratio: [3 / 4, 4 / 3] }, jitter: 'none' },
  ],
  ['cifar10, files a.bin and b.bin', { format: 'cifar10', files: ['a.bin', 'b.bin'] }],
  ['1e-12', 1e-12],
])('%s', (text, setting) => {
  expect(settingText(setting)).toBe(text)
})
