import { readFileSync } from 'node:fs'
import { createRandom, InvalidFileError } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { readSafetensors } from './read-safetensors.ts'
import { SafetensorsError, type SafetensorsDefect } from './safetensors-error.ts'
import { writeSafetensors } from './write-safetensors.ts'

const everyType = new Uint8Array(readFileSync(new URL('../fixtures/every-type.safetensors', import.meta.url)))

/** A file of this header and as many zero bytes of data. */
function file(header: string | Uint8Array, dataLength = 0, claimed?: bigint): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header
  const bytes = new Uint8Array(8 + json.length + dataLength)
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(json.length), true)
  bytes.set(json, 8)
  return bytes
}

const entry = (begin: number, end: number, dtype = 'U8', shape = `[${end - begin}]`) =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`

describe('what Python wrote', () => {
  const { tensors, metadata } = readSafetensors(everyType)
  const ramp = [0, 1, 2, 3, 4, 5]
  const quarters = ramp.map((value) => value / 4)

  test.each([
    ['f64', 'F64', new Float64Array(quarters)],
    ['f32', 'F32', new Float32Array(quarters)],
    ['f16', 'F16', new Float32Array(quarters)],
    ['bf16', 'BF16', new Float32Array(quarters)],
    ['i64', 'I64', new BigInt64Array(ramp.map((value) => BigInt(value) - 2n ** 40n))],
    ['i32', 'I32', new Int32Array(ramp.map((value) => value - 3))],
    ['u8', 'U8', new Uint8Array(ramp.map((value) => value + 250))],
  ])('%s', (name, dtype, data) => {
    expect(tensors.get(name)).toEqual({ dtype, shape: [2, 3], data })
  })

  test('a scalar, an empty tensor, metadata', () => {
    expect(tensors.get('scalar')).toEqual({ dtype: 'I64', shape: [], data: new BigInt64Array([7n]) })
    expect(tensors.get('empty')).toEqual({ dtype: 'F32', shape: [0, 3], data: new Float32Array(0) })
    expect(metadata).toEqual({ note: 'tab\t, bell \u0007, \u00e9, \u2028, \u{1f600}' })
  })

  test('names keep the order of the header, numbers among them', () => {
    const names = ['i64', 'scalar', 'f64', '10', '9', 'empty', 'f32', '\uff5e', '\u{1f600} "quoted"\n', 'i32']
    expect([...tensors.keys()]).toEqual([...names, 'bf16', 'f16', 'u8'])
  })

  test('aligned elements are views on the file, misaligned ones equal copies', () => {
    expect(tensors.get('f32')?.data.buffer).toBe(everyType.buffer)
    const shifted = new Uint8Array(everyType.length + 1)
    shifted.set(everyType, 1)
    expect(readSafetensors(shifted.subarray(1)).tensors).toEqual(tensors)
  })

  test('no tensor at all', () => {
    const bytes = readFileSync(new URL('../fixtures/empty.safetensors', import.meta.url))
    expect(readSafetensors(bytes)).toEqual({ tensors: new Map(), metadata: {} })
    expect(readSafetensors(file('{}')).tensors.size).toBe(0)
  })
})

describe('every departure from the format is its own error', () => {
  const cases: [SafetensorsDefect, string, Uint8Array][] = [
    ['too-short', 'nothing', new Uint8Array(0)],
    ['too-short', 'seven bytes', new Uint8Array(7)],
    ['header-too-small', 'a length of 0', file('{}', 0, 0n)],
    ['header-too-small', 'a length of 1', file('{}', 0, 1n)],
    ['header-too-large', 'a length of 100 MB and 1', file('{}', 0, 100_000_001n)],
    ['header-too-large', 'a length of 2^64 - 1', file('{}', 0, 2n ** 64n - 1n)],
    ['header-beyond-file', 'a header cut short', file('{}', 0, 3n)],
    ['header-start', 'a leading space', file(' {}')],
    ['header-start', 'a list', file('[]')],
    ['header-start', 'a byte order mark', file('\ufeff{}')],
    ['invalid-utf8', 'a Latin-1 letter', file(new Uint8Array([0x7b, 0x22, 0xe9, 0x22, 0x7d]))],
    ['invalid-json', 'an unfinished object', file('{"a":')],
    ['invalid-json', 'two objects', file('{}{}')],
    ['duplicate-name', 'a name twice', file(`{"a":${entry(0, 1)},"a":${entry(1, 2)}}`, 2)],
    ['duplicate-name', 'a name twice, once escaped', file(`{"a":${entry(0, 1)},"\\u0061":${entry(1, 2)}}`, 2)],
    ['duplicate-name', 'two shapes', file('{"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}}', 1)],
    ['duplicate-name', 'metadata twice', file('{"__metadata__":{},"__metadata__":{}}')],
    ['duplicate-name', 'a metadata key twice', file('{"__metadata__":{"a":"1","a":"2"}}')],
    ['invalid-metadata', 'a list', file('{"__metadata__":[]}')],
    ['invalid-metadata', 'null', file('{"__metadata__":null}')],
    ['invalid-metadata', 'a number', file('{"__metadata__":{"epoch":3}}')],
    ['invalid-metadata', 'half a surrogate pair', file('{"__metadata__":{"a":"\\ud83d"}}')],
    ['invalid-entry', 'a number', file('{"a":1}')],
    ['invalid-entry', 'half a surrogate pair', file(`{"\\ud83d":${entry(0, 1)}}`, 1)],
    ['unknown-dtype', 'a type of another library', file(`{"a":${entry(0, 1, 'F8_E4M3')}}`, 1)],
    ['unknown-dtype', 'a name every object has', file(`{"a":${entry(0, 1, 'toString')}}`, 1)],
    ['unknown-dtype', 'none', file('{"a":{"shape":[1],"data_offsets":[0,1]}}', 1)],
    ['invalid-shape', 'a negative extent', file(`{"a":${entry(0, 1, 'U8', '[-1]')}}`, 1)],
    ['invalid-shape', 'a fraction', file(`{"a":${entry(0, 1, 'U8', '[0.5]')}}`, 1)],
    ['invalid-shape', '2^53', file(`{"a":${entry(0, 1, 'U8', '[9007199254740992]')}}`, 1)],
    ['invalid-shape', 'a number', file(`{"a":${entry(0, 1, 'U8', '1')}}`, 1)],
    ['invalid-shape', 'a string in it', file(`{"a":${entry(0, 1, 'U8', '["1"]')}}`, 1)],
    ['invalid-offsets', 'one number', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}', 1)],
    ['invalid-offsets', 'descending', file(`{"a":${entry(1, 0, 'U8', '[1]')}}`, 1)],
    ['invalid-offsets', 'negative', file(`{"a":${entry(-1, 0)}}`, 1)],
    ['invalid-offsets', 'none', file('{"a":{"dtype":"U8","shape":[1]}}', 1)],
    ['out-of-range', 'an end beyond the file', file(`{"a":${entry(0, 2)}}`, 1)],
    ['overlap', 'the same bytes twice', file(`{"a":${entry(0, 2)},"b":${entry(0, 2)}}`, 2)],
    ['overlap', 'one shared byte', file(`{"a":${entry(0, 2)},"b":${entry(1, 3)}}`, 3)],
    ['hole', 'before the first', file(`{"a":${entry(1, 2)}}`, 2)],
    ['hole', 'between two', file(`{"a":${entry(0, 1)},"b":${entry(2, 3)}}`, 3)],
    ['hole', 'before an empty tensor', file(`{"a":${entry(0, 1)},"b":${entry(2, 2)}}`, 2)],
    ['wrong-size', 'three bytes of F32', file(`{"a":${entry(0, 3, 'F32', '[1]')}}`, 3)],
    ['wrong-size', 'a product beyond 2^53', file(`{"a":${entry(0, 0, 'U8', '[4503599627370496,4503599627370496]')}}`)],
    ['trailing-bytes', 'after the last tensor', file(`{"a":${entry(0, 1)}}`, 2)],
    ['trailing-bytes', 'without a tensor', file('{}', 1)],
  ]

  test.each(cases)('%s: %s', (defect, _, bytes) => {
    const error = caught(bytes)
    expect(error).toBeInstanceOf(SafetensorsError)
    expect(error).toMatchObject({ defect, file: 'weights.safetensors' })
    expect((error as Error).message).toMatch(/^weights\.safetensors: [^\n]{10,300}$/)
  })

  test('"__proto__" is a name as any other', () => {
    const { tensors } = readSafetensors(file(`{"__proto__":${entry(0, 1)}}`, 1))
    expect(tensors.get('__proto__')?.shape).toEqual([1])
  })
})

describe('damaged files', () => {
  const random = createRandom('safetensors')
  const headerEnd = 8 + Number(new DataView(everyType.buffer).getBigUint64(0, true))

  test('every truncation is refused', () => {
    for (let length = 0; length < everyType.length; length++) {
      expect(caught(everyType.subarray(0, length)), `first ${length} bytes`).toBeInstanceOf(SafetensorsError)
    }
  })

  test('random changes of the header give tensors or the typed error, nothing else', () => {
    let refused = 0
    for (let round = 0; round < 20_000; round++) {
      const bytes = everyType.slice()
      for (let change = random.integer(3); change >= 0; change--) {
        const place = random.integer(random.integer(4) === 0 ? 8 : headerEnd)
        if (random.integer(2) === 0) bytes[place]! ^= 1 << random.integer(8)
        else bytes[place] = everyType[8 + random.integer(headerEnd - 8)]!
      }
      const error = caught(bytes)
      if (error !== undefined) {
        refused++
        if (!(error instanceof SafetensorsError)) throw error
      }
    }
    expect(refused).toBeGreaterThan(10_000)
  })

  test('whatever is written comes back', () => {
    for (let round = 0; round < 200; round++) {
      const count = random.integer(5)
      const written = new Map(
        Array.from({ length: count }, (_, i) => {
          const shape = Array.from({ length: random.integer(4) }, () => random.integer(4))
          const size = shape.reduce((product, extent) => product * extent, 1)
          const data = Float32Array.from({ length: size }, () => random.normal())
          return [`${i}/${random.integer(1000)}`, { dtype: 'F32' as const, shape, data }]
        }),
      )
      expect(new Map([...readSafetensors(writeSafetensors(written)).tensors].sort())).toEqual(
        new Map([...written].sort()),
      )
    }
  })
})

test('without a file name messages speak of bytes', () => {
  expect(() => readSafetensors(new Uint8Array(3))).toThrow(/^safetensors bytes: holds 3 bytes/)
  expect(() => readSafetensors(new Uint8Array(3))).toThrow(InvalidFileError)
})

function caught(bytes: Uint8Array): unknown {
  try {
    readSafetensors(bytes, { file: 'weights.safetensors' })
    return undefined
  } catch (error) {
    return error
  }
}
