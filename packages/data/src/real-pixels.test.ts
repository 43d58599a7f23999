import { readFileSync } from 'node:fs'
import { describeWithData, realData } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { openDataset } from './open-dataset.ts'

describeWithData('decoding and resizing JPEG files', ['ood/tin_a/images32.bin', 'ood/tin_a/labels.csv'], () => {
  test('gives the bytes that Pillow made of the same files', async () => {
    const records = readFileSync(realData('ood/tin_a/images32.bin'))
    const rows = readFileSync(realData('ood/tin_a/labels.csv'), 'utf8').trim().split('\n').slice(1)
    const recordOf = new Map(rows.map((row, record) => [`tin_a/${row.split(',')[1]!}`, record]))
    const config = { format: 'folder' as const, path: 'ood/tin_a', interpolation: 'bicubic' as const }
    const dataset = await openDataset(config, { name: 'tin', baseDirectory: realData(''), imageSize: 32 })
    let images = 0
    let different = 0
    for await (const { count, data, indices } of dataset.batches({ batchSize: 64, limit: 1000 })) {
      for (let i = 0; i < count; i++, images++) {
        const start = recordOf.get(dataset.describe(indices[i]!))! * 3073 + 1
        for (let at = 0; at < 3072; at++) {
          if (data[i * 3072 + at] !== records[start + (at % 3) * 1024 + Math.floor(at / 3)]) different++
        }
      }
    }
    expect([images, different]).toEqual([1000, 0])
  })
})
