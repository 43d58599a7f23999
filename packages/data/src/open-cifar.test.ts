import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeWithData, realData, temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import type { Cifar100Config } from './dataset-config.ts'
import type { Dataset, ImageBatch } from './dataset.ts'
import { openDataset } from './open-dataset.ts'

/** Records whose bytes are their number, their plane and their pixel mixed. */
function writeRecords(file: string, labels: number[][], first = 0): string {
  const records = labels.map((label, record) => {
    const pixels = Uint8Array.from({ length: 3072 }, (_, i) => ((first + record) * 31 + i * 7 + (i >> 10)) & 255)
    return Buffer.concat([Buffer.from(label), pixels])
  })
  writeFileSync(file, Buffer.concat(records))
  return file
}

async function readAll(dataset: Dataset, batchSize = 2): Promise<ImageBatch[]> {
  const batches: ImageBatch[] = []
  for await (const batch of dataset.batches({ batchSize })) batches.push(batch)
  return batches
}

test('files are read one after the other, planes become pixels', async () => {
  const directory = temporaryDirectory()
  writeRecords(join(directory, 'a.bin'), [[3], [9]])
  writeRecords(join(directory, 'b.bin'), [[0]], 2)
  const options = { name: 'x', baseDirectory: directory }
  const dataset = await openDataset({ format: 'cifar10', files: ['a.bin', 'b.bin'] }, options)
  expect(dataset).toMatchObject({ name: 'x', count: 3, height: 32, width: 32, labelled: true })
  expect(dataset.classes?.[9]).toBe('truck')
  expect([0, 1, 2].map((index) => dataset.describe(index))).toEqual(['a.bin#0', 'a.bin#1', 'b.bin#0'])
  const batches = await readAll(dataset)
  expect(batches.map(({ count }) => count)).toEqual([2, 1])
  expect(batches.flatMap(({ labels }) => [...labels!])).toEqual([3, 9, 0])
  for (const { data, indices, count } of batches) {
    for (let i = 0; i < count; i++) {
      for (let at = 0; at < 3072; at++) {
        const inPlane = (at % 3) * 1024 + Math.floor(at / 3)
        expect(data[i * 3072 + at]).toBe((indices[i]! * 31 + inPlane * 7 + (inPlane >> 10)) & 255)
      }
    }
  }
})

test('CIFAR-100 has fine and coarse labels', async () => {
  const baseDirectory = temporaryDirectory()
  writeRecords(join(baseDirectory, 'test.bin'), [
    [4, 0],
    [19, 99],
  ])
  for (const [labels, expected, name] of [
    ['fine', [0, 99], 'apple'],
    ['coarse', [4, 19], 'aquatic_mammals'],
  ] as const) {
    const config: Cifar100Config = { format: 'cifar100', files: ['test.bin'], labels }
    const dataset = await openDataset(config, { name: 'x', baseDirectory, checkLabels: true })
    expect([...(await readAll(dataset))[0]!.labels!]).toEqual(expected)
    expect(dataset.classes?.[0]).toBe(name)
    expect(dataset.classes).toHaveLength(labels === 'fine' ? 100 : 20)
  }
})

describe('torn files', () => {
  for (const [size, message] of [
    [0, 'is empty (0 bytes), but cifar10 records were expected'],
    [3072, 'has 3072 bytes, which is 0 cifar10 records of 3073 bytes and 3072 bytes more'],
    [6147, 'has 6147 bytes, which is 2 cifar10 records of 3073 bytes and 1 bytes more'],
  ] as const) {
    test(`${size} bytes`, async () => {
      const baseDirectory = temporaryDirectory()
      writeFileSync(join(baseDirectory, 'torn.bin'), new Uint8Array(size))
      const opened = openDataset({ format: 'cifar10', files: ['torn.bin'] }, { name: 'x', baseDirectory })
      await expect(opened).rejects.toThrow(`${join(baseDirectory, 'torn.bin')}: ${message}`)
      await expect(opened).rejects.toMatchObject({ name: 'InvalidFileError' })
    })
  }

  test('absent', async () => {
    const opened = openDataset({ format: 'cifar10', files: ['none.bin'] }, { name: 'x', baseDirectory: '/nowhere' })
    await expect(opened).rejects.toThrow('/nowhere/none.bin: does not exist')
  })

  test('shortened between opening and reading', async () => {
    const baseDirectory = temporaryDirectory()
    const file = writeRecords(join(baseDirectory, 'a.bin'), [[1], [2]])
    const dataset = await openDataset({ format: 'cifar10', files: ['a.bin'] }, { name: 'x', baseDirectory })
    writeFileSync(file, new Uint8Array(4000))
    await expect(readAll(dataset)).rejects.toThrow('a.bin: became shorter while it was read')
  })
})

test('a label that names no class is an error where labels count', async () => {
  const baseDirectory = temporaryDirectory()
  writeRecords(join(baseDirectory, 'a.bin'), [[1], [2]])
  writeRecords(join(baseDirectory, 'b.bin'), [[3], [10]])
  const config = { format: 'cifar10' as const, files: ['a.bin', 'b.bin'] }
  const checked = await openDataset(config, { name: 'x', baseDirectory, checkLabels: true })
  await expect(readAll(checked, 4)).rejects.toThrow('b.bin: record 1 has label 10 where labels are 0 to 9')
  const unchecked = await openDataset(config, { name: 'x', baseDirectory })
  expect([...(await readAll(unchecked, 4))[0]!.labels!]).toEqual([1, 2, 3, 10])
})

describeWithData('real CIFAR-10', ['cifar10/test_a.bin'], () => {
  test('pixels and labels are those of the file', async () => {
    const bytes = readFileSync(realData('cifar10/test_a.bin'))
    const config = { format: 'cifar10' as const, files: ['cifar10/test_a.bin'] }
    const dataset = await openDataset(config, { name: 'id', baseDirectory: realData(''), checkLabels: true })
    expect(dataset.count).toBe(4984)
    let image = 0
    let different = 0
    for await (const { count, data, labels } of dataset.batches({ batchSize: 100 })) {
      for (let i = 0; i < count; i++, image++) {
        const record = bytes.subarray(image * 3073, (image + 1) * 3073)
        if (labels![i] !== record[0]) different++
        for (let at = 0; at < 3072; at++) {
          if (data[i * 3072 + at] !== record[1 + (at % 3) * 1024 + Math.floor(at / 3)]) different++
        }
      }
    }
    expect([image, different]).toEqual([4984, 0])
  })
})
