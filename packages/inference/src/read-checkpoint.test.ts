import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvalidFileError } from '@mode-ood/core'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { readCheckpoint } from './read-checkpoint.ts'

const folder = fileURLToPath(new URL('../fixtures/checkpoints/', import.meta.url))
const files = readdirSync(folder)

describe('readCheckpoint', () => {
  test('there is a file of each kind', () => {
    expect(files).toEqual(['legacy.bin', 'safetensors.pth', 'zip.safetensors'])
  })

  test.each(files)('%s is read for what it is', async (file) => {
    const tensors = await readCheckpoint(join(folder, file))
    expect(tensors.get('fc.weight')).toEqual({ dtype: 'F32', shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) })
    expect(tensors.get('fc.bias')).toEqual({ dtype: 'F32', shape: [2], data: Float32Array.of(0.5, -2) })
  })

  test.each([
    ['text', new TextEncoder().encode('these are no weights'), /a.pt: is neither a safetensors file nor a PyTorch/],
    ['a few bytes', Uint8Array.of(1, 2, 3), /a.pt: is neither/],
    ['an empty file', new Uint8Array(0), /a.pt: is empty/],
    ['a torn zip', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), /a.pt: /],
    ['a torn header', new Uint8Array([100, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22]), /a.pt: /],
  ])('%s is an error', async (_, bytes, message) => {
    const file = join(temporaryDirectory(), 'a.pt')
    writeFileSync(file, bytes)
    await expect(readCheckpoint(file)).rejects.toThrow(InvalidFileError)
    await expect(readCheckpoint(file)).rejects.toThrow(message)
  })

  test('a missing file and a directory are errors', async () => {
    await expect(readCheckpoint(join(folder, 'absent.pt'))).rejects.toThrow(/absent.pt: there is no such file/)
    await expect(readCheckpoint(folder)).rejects.toThrow(/is a directory/)
  })
})
