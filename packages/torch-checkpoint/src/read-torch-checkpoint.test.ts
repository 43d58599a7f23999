import { existsSync, readFileSync } from 'node:fs'
import { createRandom, InvalidFileError, type Tensor } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { readTorchCheckpoint } from './index.ts'

const read = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)))

interface Expected {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly values: readonly string[]
}
const expected = JSON.parse(Buffer.from(read('expected.json')).toString()) as Record<string, Record<string, Expected>>

const dtypes: Record<string, Tensor['dtype']> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I32',
  int8: 'I32',
  uint8: 'U8',
  bool: 'U8',
}

/** Python's way of writing a number. */
const value = (text: string): number | bigint =>
  text.includes('inf') ? Number.POSITIVE_INFINITY : /^-?\d+$/.test(text) ? BigInt(text) : Number(text)

describe.each(Object.entries(expected))('%s holds what PyTorch does', (name, tensors) => {
  const found = readTorchCheckpoint(read(name)).tensors

  test('its names, in order', () => expect([...found.keys()]).toEqual(Object.keys(tensors)))

  test.each(Object.entries(tensors))('%s', (key, { dtype, shape, values }) => {
    const tensor = found.get(key)!
    expect([tensor.dtype, tensor.shape]).toEqual([dtypes[dtype], shape])
    const isWide = tensor.dtype === 'I64'
    const numbers = values.map((text) => (isWide ? value(text) : Number(value(text))))
    expect([...(tensor.data as Iterable<number | bigint>)]).toEqual(numbers)
  })
})

describe('readTorchCheckpoint', () => {
  test('asks which of several state dicts is meant, and takes the answer', () => {
    const ambiguous = read('ambiguous.pt')
    expect(() => readTorchCheckpoint(ambiguous)).toThrow('several state dicts (model, ema)')
    expect([...readTorchCheckpoint(ambiguous, { key: 'ema' }).tensors.keys()]).toEqual(['weight'])
    expect(() => readTorchCheckpoint(ambiguous, { key: 'net' })).toThrow('no tensors under "net": there are model, ema')
  })

  test.each(['malicious.pt', 'malicious-legacy.pt'])(
    '%s is refused by the name of its global, and nothing runs',
    (name) => {
      expect(() => readTorchCheckpoint(read(name), { file: 'evil.pt' })).toThrow(
        'evil.pt: holds "posix.system", which is refused',
      )
      expect(existsSync('/tmp/mode-ood-was-here')).toBe(false)
    },
  )

  test('says what to do with a pickled module and with TorchScript', () => {
    expect(() => readTorchCheckpoint(read('module.pt'))).toThrow('save model.state_dict() instead')
    expect(() => readTorchCheckpoint(read('script.pt'))).toThrow('TorchScript archive: save model.state_dict() instead')
  })
})

describe('damage', () => {
  /** Reads damaged bytes; only the typed error may come of it. */
  function outcome(bytes: Uint8Array): 'read' | 'refused' {
    try {
      readTorchCheckpoint(bytes)
      return 'read'
    } catch (error) {
      if (!(error instanceof InvalidFileError)) throw error
      return 'refused'
    }
  }

  test.each(['nested.pt', 'training.pt', 'training-legacy.pt', 'legacy-protocol-1.pt', 'malicious.pt'])(
    '%s cut anywhere is refused',
    (name) => {
      const whole = read(name)
      const outcomes = Array.from(whole, (_, length) => outcome(whole.subarray(0, length)))
      expect(new Set(outcomes)).toEqual(new Set(['refused']))
    },
  )

  test.each(['plain.pt', 'training.pt'])('%s with any byte of its content changed is refused or the same', (name) => {
    const whole = read(name)
    const random = createRandom(name)
    for (let i = 0; i < 2000; i++) {
      const damaged = whole.slice()
      damaged[random.integer(damaged.length)] = random.integer(256)
      expect(() => outcome(damaged)).not.toThrow()
    }
  })

  test.each(['legacy.pt', 'legacy-protocol-1.pt', 'training-legacy.pt'])(
    '%s changed anywhere is refused or read',
    (name) => {
      const whole = read(name)
      const random = createRandom(name)
      for (let i = 0; i < 2000; i++) {
        const damaged = whole.slice()
        for (let change = 0; change <= i % 4; change++) damaged[random.integer(damaged.length)] = random.integer(256)
        expect(() => outcome(damaged)).not.toThrow()
      }
    },
  )
})
