import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeSafetensors } from '@mode-ood/safetensors'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { openArrayFile } from './open-array-file.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/own-outputs/${name}`, import.meta.url))

async function values(path: string, name = ''): Promise<{ shape: readonly number[]; data: number[] }> {
  const array = (await openArrayFile(path, null)).get(name)!
  return { shape: array.shape, data: Array.from((await array.read(0, array.shape[0]!)) as ArrayLike<number>, Number) }
}

/** A copy of a fixture with a change to its bytes. */
function damaged(name: string, change: (bytes: Uint8Array) => Uint8Array | void): string {
  const bytes = new Uint8Array(readFileSync(fixture(name)))
  const path = join(temporaryDirectory(), name)
  writeFileSync(path, change(bytes) ?? bytes)
  return path
}

describe('openArrayFile', () => {
  test('what numpy.savez wrote fits together: logits are the head of the embedding, the embedding the mean of the map', async () => {
    const [logits, embedding, map] = await Promise.all(
      ['logits', 'embedding', 'featureMap'].map((name) => values(fixture('stored.npz'), name)),
    )
    const [weight, bias] = await Promise.all(['weight', 'bias'].map((name) => values(fixture('head.npz'), name)))
    expect([logits!.shape, embedding!.shape, map!.shape]).toEqual([
      [12, 3],
      [12, 4],
      [12, 4, 2, 2],
    ])
    for (let row = 0; row < 12; row++) {
      const features = embedding!.data.slice(row * 4, row * 4 + 4)
      for (let c = 0; c < 3; c++) {
        const sum = features.reduce((total, value, j) => total + value * weight!.data[c * 4 + j]!, bias!.data[c]!)
        expect(logits!.data[row * 3 + c]).toBeCloseTo(sum, 5)
      }
      for (const [j, value] of features.entries()) {
        const positions = map!.data.slice((row * 4 + j) * 4, (row * 4 + j + 1) * 4)
        expect(value).toBeCloseTo(
          positions.reduce((sum, one) => sum + one / 4, 0),
          6,
        )
      }
    }
    expect((await values(fixture('stored.npz'), 'labels')).data).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2])
  })

  test.each(['logits', 'embedding', 'featureMap', 'labels'])(
    '%s reads alike from a compressed archive',
    async (name) => {
      expect(await values(fixture('compressed.npz'), name)).toEqual(await values(fixture('stored.npz'), name))
    },
  )

  test('an array of its own, in every version and element type', async () => {
    const { logits, embedding } = {
      logits: await values(fixture('stored.npz'), 'logits'),
      embedding: await values(fixture('stored.npz'), 'embedding'),
    }
    expect(await values(fixture('logits.npy'))).toEqual(logits)
    expect(await values(fixture('version-3.npy'))).toEqual(logits)
    expect(await values(fixture('embedding-float64.npy'))).toEqual(embedding)
    const half = await values(fixture('embedding-float16.npy'))
    for (const [i, value] of half.data.entries()) expect(Math.abs(value - embedding.data[i]!)).toBeLessThan(2 ** -11)
    expect((await values(fixture('labels-uint8.npy'))).data.slice(0, 4)).toEqual([0, 1, 2, 0])
  })

  test('rows are read as asked for', async () => {
    const whole = await values(fixture('stored.npz'), 'logits')
    for (const file of ['stored.npz', 'compressed.npz']) {
      const array = (await openArrayFile(fixture(file), new Set(['logits']))).get('logits')!
      expect([...((await array.read(5, 7)) as Float32Array)]).toEqual(whole.data.slice(15, 21))
    }
  })

  test('safetensors', async () => {
    const path = join(temporaryDirectory(), 'a.safetensors')
    const data = Float32Array.of(1, 2, 3, 4, 5, 6)
    writeFileSync(
      path,
      writeSafetensors({
        pad: { dtype: 'U8', shape: [1], data: Uint8Array.of(7) },
        a: { dtype: 'F32', shape: [3, 2], data },
      }),
    )
    const array = (await openArrayFile(path, null)).get('a')!
    expect([...((await array.read(1, 3)) as Float32Array)]).toEqual([3, 4, 5, 6])
  })

  test('safetensors whose header is so long that the file begins with PK', async () => {
    const path = join(temporaryDirectory(), 'long.safetensors')
    const header = JSON.stringify({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }).padEnd(0x4b50)
    const length = new BigUint64Array([BigInt(header.length)])
    writeFileSync(
      path,
      Buffer.concat([new Uint8Array(length.buffer), Buffer.from(header), Buffer.from([0, 0, 128, 63])]),
    )
    expect(readFileSync(path).subarray(0, 2).toString()).toBe('PK')
    expect(await values(path, 'a')).toEqual({ shape: [1], data: [1] })
  })

  test.each([
    ['a missing file', () => '/nowhere/a.npy', /a\.npy: there is no such file/],
    ['a folder', () => fixture(''), /cannot be read: illegal operation on a directory/],
    [
      'an empty file',
      () => damaged('logits.npy', (bytes) => bytes.subarray(0, 0)),
      /is empty, but arrays were expected/,
    ],
    [
      'a cut .npy',
      () => damaged('logits.npy', (bytes) => bytes.subarray(0, 200)),
      /has 72 bytes of elements, but F32 \[12, 3\] takes 144/,
    ],
    [
      'a cut header',
      () => damaged('logits.npy', (bytes) => bytes.subarray(0, 60)),
      /has a header of 128 bytes, but the file/,
    ],
    ['a cut .npz', () => damaged('stored.npz', (bytes) => bytes.subarray(0, 900)), /is a damaged zip archive: /],
    [
      'a changed byte',
      () => damaged('stored.npz', (bytes) => void (bytes[200]! ^= 1)),
      /stored\.npz: logits: does not have its check sum/,
    ],
    [
      'a changed byte, compressed',
      () => damaged('compressed.npz', (bytes) => void (bytes[150]! ^= 64)),
      /compressed\.npz/,
    ],
    ['Fortran order', () => fixture('fortran.npy'), /Fortran order: save numpy\.ascontiguousarray/],
    ['big-endian', () => fixture('big-endian.npy'), /holds elements of type >f4; save float16, float32/],
    ['objects', () => fixture('objects.npy'), /holds elements of type \|O; save/],
    ['another file', () => fixture('make.py'), /make\.py: /],
  ])('%s is refused in a sentence', async (_, path, sentence) => {
    await expect(openArrayFile(path(), null)).rejects.toMatchObject({
      message: expect.stringMatching(sentence),
      file: expect.any(String),
    })
  })
})
