import { expect, test } from 'vitest'
import * as z from 'zod'
import { datasetConfigSchema } from './dataset-config.ts'

test.each([
  { format: 'cifar10', files: ['a.bin'] },
  { format: 'cifar100', files: ['a.bin', 'b.bin'], labels: 'coarse' },
  { format: 'svhn', path: 'test_32x32.mat', limitPerClass: 1000 },
  { format: 'idx', images: 'images.gz', labels: 'labels.gz', resize: 'squash' },
  { format: 'folder', path: 'dtd', resize: 'crop', resizeTo: 256, interpolation: 'bicubic' },
  { format: 'list', path: 'list.txt', root: 'images' },
  { format: 'demo', set: 'test', count: 100 },
])('$format', (config) => expect(datasetConfigSchema.parse(config)).toEqual(config))

test.each([
  { format: 'cifar', files: ['a.bin'] },
  { format: 'cifar10', files: [] },
  { format: 'cifar10', files: ['a.bin'], labels: 'fine' },
  { format: 'folder', path: 'dtd', resize: 'stretch' },
  { format: 'folder', path: 'dtd', resizeTo: 0 },
  { format: 'folder' },
  { path: 'dtd' },
])('%j is refused', (config) => expect(datasetConfigSchema.safeParse(config).success).toBe(false))

test('has a JSON Schema', () => {
  expect(JSON.stringify(z.toJSONSchema(datasetConfigSchema))).toContain('"limitPerClass"')
})
