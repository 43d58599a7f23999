import { readFileSync } from 'node:fs'
import { InvalidInputError, type Tensor } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { readSafetensors } from './read-safetensors.ts'
import { writeSafetensors } from './write-safetensors.ts'

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../fixtures/${name}.safetensors`, import.meta.url)))

describe("the bytes are those of Python's safetensors", () => {
  test('for every type, awkward names and metadata, whatever the order of the tensors', () => {
    const bytes = fixture('every-type')
    const { tensors, metadata } = readSafetensors(bytes)
    expect(writeSafetensors(tensors, metadata)).toEqual(bytes)
    expect(writeSafetensors(new Map([...tensors].reverse()), metadata)).toEqual(bytes)
    expect(writeSafetensors(Object.fromEntries(tensors), metadata)).toEqual(bytes)
  })

  test('without a tensor', () => {
    expect(writeSafetensors({})).toEqual(fixture('empty'))
  })

  test('half precision is rounded as by PyTorch: to nearest, ties to even', () => {
    const bytes = fixture('rounding')
    const { tensors } = readSafetensors(bytes)
    const value = tensors.get('value') as Extract<Tensor, { dtype: 'F32' }>
    const written = writeSafetensors({
      value,
      half: { ...value, dtype: 'F16' },
      bfloat: { ...value, dtype: 'BF16' },
    })
    expect(Buffer.compare(written, bytes)).toBe(0)
  })
})

test('metadata is ordered by key, and a name like "__proto__" survives', () => {
  const metadata = JSON.parse('{"b":"1","__proto__":"2","a":"3"}') as Record<string, string>
  const bytes = writeSafetensors({}, metadata)
  expect(new TextDecoder().decode(bytes.subarray(8)).trimEnd()).toBe(
    '{"__metadata__":{"__proto__":"2","a":"3","b":"1"}}',
  )
  expect(Object.entries(readSafetensors(bytes).metadata)).toEqual([
    ['__proto__', '2'],
    ['a', '3'],
    ['b', '1'],
  ])
})

test('a tensor that is a part of a larger array is written alone', () => {
  const data = new Float32Array([1, 2, 3, 4]).subarray(1, 3)
  const bytes = writeSafetensors({ a: { dtype: 'F32', shape: [2], data }, b: { dtype: 'F16', shape: [2], data } })
  expect(readSafetensors(bytes).tensors.get('a')?.data).toEqual(new Float32Array([2, 3]))
  expect(readSafetensors(bytes).tensors.get('b')?.data).toEqual(new Float32Array([2, 3]))
})

describe('wrong input', () => {
  const data = new Float32Array(2)
  const cases: [string, RegExp, Record<string, unknown>, Record<string, unknown>][] = [
    ['a shape that does not fit', /needs 3 elements, but has 2/, { a: { dtype: 'F32', shape: [3], data } }, {}],
    ['a negative extent', /\[-1, -2\] instead of/, { a: { dtype: 'F32', shape: [-1, -2], data } }, {}],
    ['another array type', /must hold its elements in a Float64Array/, { a: { dtype: 'F64', shape: [2], data } }, {}],
    ['an unknown type', /element type F8/, { a: { dtype: 'F8', shape: [2], data } }, {}],
    ['no type', /element type undefined/, { a: { shape: [2], data } }, {}],
    ['no shape', /instead of non-negative integers/, { a: { dtype: 'F32', data } }, {}],
    ['the name of the metadata', /cannot be named/, { __metadata__: { dtype: 'F32', shape: [2], data } }, {}],
    ['half a surrogate pair', /not valid Unicode/, { '\ud83d': { dtype: 'F32', shape: [2], data } }, {}],
    ['metadata that is a number', /metadata "epoch" is not a string/, {}, { epoch: 3 }],
    ['metadata that is half a surrogate pair', /metadata "a" is not valid Unicode/, {}, { a: '\udc00' }],
  ]

  test.each(cases)('%s', (_, message, tensors, metadata) => {
    const write = () => writeSafetensors(tensors as Record<string, Tensor>, metadata as Record<string, string>)
    expect(write).toThrow(InvalidInputError)
    expect(write).toThrow(message)
  })
})
