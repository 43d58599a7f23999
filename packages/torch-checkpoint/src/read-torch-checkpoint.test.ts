import { existsSync, readFileSync } from 'node:fs'
import { createRandom, InvalidFileError } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { readTorchCheckpoint } from './index.ts'

const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)))

/** Reads damaged bytes; only the typed error may come of it. */
function outcome(bytes: Uint8Array): void {
  try {
    readTorchCheckpoint(bytes)
  } catch (error) {
    if (!(error instanceof InvalidFileError)) throw error
  }
}

describe.each(['plain.pt', 'legacy.pt'])('%s', (name) => {
  const { tensors } = readTorchCheckpoint(bytesOf(name))

  test.each([
    ['f32', 'F32', [2, 3], [0, 1, 2, 3, 4, 5]],
    ['transposed', 'F32', [3, 2], [0, 3, 1, 4, 2, 5]],
    ['half', 'F16', [3], [0.5, -2, 65504]],
    ['bf16', 'BF16', [3], [0.5, -2, 3.00405e38]],
    ['f64', 'F64', [1], [1 / 3]],
    ['i64', 'I64', [], [7n]],
    ['i32', 'I32', [2], [-1, 2]],
    ['u8', 'U8', [1], [255]],
    ['parameter', 'F32', [2], [1, 1]],
    ['shared', 'F32', [4], [0, 1, 2, 3]],
    ['tail', 'F32', [2], [2, 3]],
  ] as const)('%s', (key, dtype, shape, values) => {
    const tensor = tensors.get(key)!
    expect([tensor.dtype, tensor.shape]).toEqual([dtype, shape])
    const expected = (values as readonly (number | bigint)[]).map(Number)
    const scale = Math.max(...expected.map(Math.abs))
    const gaps = Array.from(tensor.data as ArrayLike<number | bigint>, (value, i) =>
      Math.abs(Number(value) - expected[i]!),
    )
    expect(gaps).toHaveLength(expected.length)
    expect(Math.max(...gaps) / scale).toBeLessThan(1e-5)
  })
})

describe('readTorchCheckpoint', () => {
  test('finds the state dict among training state', () => {
    expect([...readTorchCheckpoint(bytesOf('nested.pt')).tensors.keys()]).toEqual(['weight'])
  })

  test('asks which of several state dicts is meant, and takes the answer', () => {
    expect(() => readTorchCheckpoint(bytesOf('ambiguous.pt'))).toThrow('several state dicts (model, ema)')
    expect([...readTorchCheckpoint(bytesOf('ambiguous.pt'), { key: 'ema' }).tensors.keys()]).toEqual(['weight'])
  })

  test('refuses any other global by name and executes nothing', () => {
    expect(() => readTorchCheckpoint(bytesOf('malicious.pt'), { file: 'evil.pt' })).toThrow(
      'evil.pt: holds "posix.system"',
    )
    expect(existsSync('/tmp/mode-ood-was-here')).toBe(false)
  })

  test('says what to do with a pickled module', () => {
    expect(() => readTorchCheckpoint(bytesOf('module.pt'))).toThrow('save model.state_dict() instead')
  })

  test.each(['plain.pt', 'legacy.pt'])('%s cut or changed anywhere gives one sentence or the tensors', (name) => {
    const whole = bytesOf(name)
    const random = createRandom(name)
    for (let i = 0; i < 300; i++) {
      const damaged = whole.slice(0, i % 2 ? random.integer(whole.length) : whole.length)
      if (i % 2 === 0) damaged[random.integer(damaged.length)] = random.integer(256)
      expect(() => outcome(damaged)).not.toThrow()
    }
  })
})
