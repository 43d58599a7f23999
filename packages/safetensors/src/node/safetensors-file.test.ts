import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvalidFileError, InvalidInputError } from '@mode-ood/core'
import { describeWithData, realData, temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { readSafetensors } from '../read-safetensors.ts'
import { SafetensorsError } from '../safetensors-error.ts'
import { fileError } from './file-error.ts'
import { openSafetensorsFile } from './open-safetensors-file.ts'
import { readSafetensorsFile } from './read-safetensors-file.ts'
import { writeSafetensorsFile } from './write-safetensors-file.ts'

const everyType = fileURLToPath(new URL('../../fixtures/every-type.safetensors', import.meta.url))
const tensors = { a: { dtype: 'U8', shape: [2], data: new Uint8Array([1, 2]) } } as const

test('a file reads as its bytes do', async () => {
  expect(await readSafetensorsFile(everyType)).toEqual(readSafetensors(readFileSync(everyType)))
})

test('a written file comes back, replaces the old one, and leaves nothing beside it', async () => {
  const folder = temporaryDirectory()
  const path = join(folder, 'weights.safetensors')
  writeFileSync(path, 'old')
  await writeSafetensorsFile(path, tensors, { epoch: '3' })
  expect(await readSafetensorsFile(path)).toEqual({
    tensors: new Map(Object.entries(tensors)),
    metadata: { epoch: '3' },
  })
  expect(readdirSync(folder)).toEqual(['weights.safetensors'])
})

test('tensors are read one at a time', async () => {
  const file = await openSafetensorsFile(everyType)
  const whole = readSafetensors(readFileSync(everyType)).tensors
  expect([...file.tensors.keys()]).toEqual([...whole.keys()])
  for (const name of whole.keys()) expect(await file.read(name)).toEqual(whole.get(name))
  await expect(file.read('nothing')).rejects.toThrow(new InvalidInputError(`${everyType}: holds no tensor "nothing"`))
  await file.close()
})

describe('what cannot be read or written is one sentence that names the path', () => {
  test.each([readSafetensorsFile, openSafetensorsFile])('%o', async (read) => {
    const folder = temporaryDirectory()
    const path = join(folder, 'weights.safetensors')
    await expect(read(path)).rejects.toThrow(new InvalidFileError(path, 'does not exist'))
    await expect(read(folder)).rejects.toThrow(new InvalidFileError(folder, 'is a folder, not a file'))
    writeFileSync(path, readFileSync(everyType))
    for (const size of [1500, 700, 20, 7, 0]) {
      truncateSync(path, Math.min(size, readFileSync(path).length - 1))
      const error: unknown = await read(path).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(SafetensorsError)
      expect((error as Error).message.startsWith(`${path}: `)).toBe(true)
    }
  })

  test('a folder that is missing, a target that is a folder', async () => {
    const folder = temporaryDirectory()
    const below = join(folder, 'missing', 'weights.safetensors')
    await expect(writeSafetensorsFile(below, tensors)).rejects.toThrow(InvalidFileError)
    mkdirSync(join(folder, 'taken'))
    await expect(writeSafetensorsFile(join(folder, 'taken'), tensors)).rejects.toThrow(/is a folder, not a file/)
    expect(readdirSync(folder)).toEqual(['taken'])
  })

  test('a full disk', () => {
    const error = fileError('w.safetensors', Object.assign(new Error('x'), { code: 'ENOSPC' }))
    expect(error.message).toBe('w.safetensors: cannot be written: the disk is full')
  })
})

describeWithData('real checkpoints', ['models/resnet20_cifar10.safetensors'], () => {
  test('are read', async () => {
    const file = await readSafetensorsFile(realData('models/resnet20_cifar10.safetensors'))
    expect(file.tensors.get('conv1.weight')?.shape).toEqual([16, 3, 3, 3])
  })
})
