import { readFileSync } from 'node:fs'
import { createRandom } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { compileKernel, kernelModule } from '../../scripts/compile-kernel.mjs'
import { squaredDistance } from '../squared-distance.ts'
import { createWorkspace } from './kernel.ts'
import { openRelaxedKernel } from './relaxed-kernel.ts'

const random = createRandom('kernel')
const normals = (length: number, scale = 1) => Float32Array.from({ length }, () => scale * random.normal())

test.each(['kernel', 'relaxed-kernel'] as const)('the compiled %s is that of its source', async (name) => {
  const committed = readFileSync(new URL(`./generated/${name}.ts`, import.meta.url), 'utf8')
  expect(committed).toBe(kernelModule(name, await compileKernel(name)))
})

/** Distances of a query to 16 vectors, listed in reverse. */
function distances(query: Float32Array, vectors: Float32Array, limit: number): number[] {
  const dimension = query.length
  const { starts, kernel, floats, integers, doubles } = createWorkspace({
    query: query.byteLength,
    vectors: vectors.byteLength,
    list: 64,
    out: 128,
  })
  floats.set(query, starts.query / 4)
  floats.set(vectors, starts.vectors / 4)
  for (let i = 0; i < 16; i++) integers[starts.list / 4 + i] = starts.vectors + (15 - i) * dimension * 4
  kernel.squaredDistances(starts.query, starts.list, 16, dimension, limit, starts.out)
  return [...doubles.slice(starts.out / 8, starts.out / 8 + 16)].reverse()
}

describe.each([1, 2, 3, 4, 7, 64, 513])('dimension %i', (dimension) => {
  test('distances are those of plain search, bit for bit; only those beyond the limit are left out', () => {
    for (const scale of [1, 1e-22, 1e18, 1e30]) {
      const query = normals(dimension, scale)
      const vectors = normals(16 * dimension, scale)
      const expected = Array.from({ length: 16 }, (_, i) =>
        squaredDistance(query, 0, vectors, i * dimension, dimension),
      )
      expect(distances(query, vectors, Number.POSITIVE_INFINITY)).toEqual(expected)
      let left = 0
      for (const limit of [0, ...expected]) {
        const rough = limit * (1 + (dimension + 4) * 2 ** -23) + dimension * 2 ** -148
        for (const [i, distance] of distances(query, vectors, rough).entries()) {
          if (distance === expected[i]) continue
          left++
          expect([distance, expected[i]! > limit]).toEqual([Number.POSITIVE_INFINITY, true])
        }
      }
      // Denormal squares and sums beyond float32 may rule nothing out.
      expect(left).toBeGreaterThan(scale === 1 ? 50 : -1)
    }
  })

  test('codes, what they lose, and their products', () => {
    const padded = Math.ceil(dimension / 16) * 16
    const { starts, kernel, floats, memory } = createWorkspace({
      value: dimension * 4,
      center: dimension * 4,
      query: 2 * padded * 2,
      rows: 4 * padded,
      list: 16,
      result: 16,
      dots: 2 * 4 * 4,
      transposed: 4 * padded,
      bytes: padded,
    })
    const center = normals(dimension)
    floats.set(center, starts.center / 4)
    const encode = (top: number, narrow: 0 | 1, into: number, zero = 0) => {
      const value = normals(dimension)
      floats.set(value, starts.value / 4)
      kernel.encode(starts.value, starts.center, dimension, padded, top, narrow && zero, narrow, into, starts.result)
      const stored = narrow ? new Int8Array(memory.buffer, into, padded) : new Int16Array(memory.buffer, into, padded)
      const codes = stored.map((code) => code - zero)
      const [norm, lost, scale, total] = floats.slice(starts.result / 4, starts.result / 4 + 4) as unknown as number[]
      expect(total).toBe([...codes].reduce((sum, code) => sum + code, 0))
      const difference = Array.from(value, (x, i) => x - center[i]!)
      const squares = (values: number[]) => values.reduce((sum, x) => sum + x * x, 0)
      expect(Math.abs(norm! / squares(difference) - 1)).toBeLessThan(1e-5)
      const exact = Math.sqrt(squares(difference.map((x, i) => x - codes[i]! * scale!)))
      expect(Math.abs(Math.sqrt(lost!) - exact)).toBeLessThan(1e-6 * Math.sqrt(norm!))
      expect(Math.max(...codes.map(Math.abs))).toBe(top)
      expect([...codes.subarray(dimension)]).toEqual(new Array(padded - dimension).fill(0))
      return [...codes]
    }
    const rows = [0, 1, 2, 3].map((row) => encode(127, 1, starts.rows + row * padded))
    const queries = [0, 1].map((query) => encode(8000, 0, starts.query + query * padded * 2))
    new Uint32Array(memory.buffer, starts.list, 2).set([starts.query + padded * 2, starts.query])
    const expected = [queries[1]!, queries[0]!].map((query) =>
      rows.map((row) => Math.fround(row.reduce((sum, code, i) => sum + code * query[i]!, 0))),
    )
    for (const count of [1, 2]) {
      kernel.integerDots(starts.list, count, starts.rows, 4, padded, starts.dots)
      expect([...floats.slice(starts.dots / 4, starts.dots / 4 + 4 * count)]).toEqual(expected.slice(0, count).flat())
    }
    const narrowRows = [0, 1, 2, 3].map((row) => encode(32, 1, starts.rows + row * padded, 32))
    const narrowQueries = [0, 1].map((query) => encode(31, 1, starts.query + query * padded))
    new Uint32Array(memory.buffer, starts.list, 2).set([starts.query + padded, starts.query])
    const relaxed = openRelaxedKernel(memory)
    // Node has relaxed SIMD, if only behind a flag.
    for (const count of [1, 2]) {
      relaxed!.narrowDots(starts.list, count, starts.rows, 4, padded, starts.dots)
      const products = [narrowQueries[1]!, narrowQueries[0]!].map((query) =>
        narrowRows.map((row) => row.reduce((sum, code, i) => sum + (code + 32) * query[i]!, 0)),
      )
      expect([...floats.slice(starts.dots / 4, starts.dots / 4 + 4 * count)]).toEqual(products.slice(0, count).flat())
    }
    rows.splice(0, 4, ...[0, 1, 2, 3].map((row) => encode(127, 1, starts.rows + row * padded)))
    kernel.transpose(starts.rows, 4, padded, starts.transposed)
    const transposed = new Int8Array(memory.buffer, starts.transposed, 4 * padded)
    expect([...transposed]).toEqual(Array.from({ length: 4 * padded }, (_, at) => rows[at % 4]![at >> 2]))
    encode(63, 0, starts.query)
    kernel.narrow(starts.query, padded, 64, starts.bytes)
    const codes = new Int16Array(memory.buffer, starts.query, padded)
    expect([...new Uint8Array(memory.buffer, starts.bytes, padded)]).toEqual(Array.from(codes, (code) => code + 64))
  })

  test('float32 products', () => {
    const padded = Math.ceil(dimension / 4) * 4
    const { starts, kernel, floats, integers } = createWorkspace({
      queries: 3 * padded * 4,
      rows: 8 * padded * 4,
      list: 16,
      dots: 3 * 8 * 4,
    })
    const queries = normals(3 * padded)
    const rows = normals(8 * padded)
    floats.set(queries, starts.queries / 4)
    floats.set(rows, starts.rows / 4)
    for (let i = 0; i < 3; i++) integers[starts.list / 4 + i] = starts.queries + i * padded * 4
    for (const count of [1, 3]) {
      kernel.floatDots(starts.list, count, starts.rows, 8, padded, starts.dots)
      for (let at = 0; at < count * 8; at++) {
        let exact = 0
        let magnitude = 0
        for (let i = 0; i < padded; i++) {
          const product = queries[(at >> 3) * padded + i]! * rows[(at % 8) * padded + i]!
          exact += product
          magnitude += Math.abs(product)
        }
        expect(Math.abs(floats[starts.dots / 4 + at]! - exact)).toBeLessThan((padded / 4 + 8) * 2 ** -24 * magnitude)
      }
    }
  })
})

test('rows are selected by their bound, and the k-th smallest bound is found', () => {
  const count = 37
  const { starts, kernel, floats, integers } = createWorkspace({
    dots: 160,
    norms: 160,
    losses: 160,
    scales: 160,
    bounds: 160,
    positions: 160,
  })
  // Whole numbers, so that float32 is exact and there are ties.
  const fill = (start: number) => {
    const values = Float32Array.from({ length: count }, () => random.integer(9))
    floats.set(values, start / 4)
    return values
  }
  const [dots, norms, losses, scales] = [starts.dots, starts.norms, starts.losses, starts.scales].map(fill)
  const least = Array.from(dots!, (dot, i) => norms![i]! - 2 * losses![i]! - 3 * scales![i]! * (dot - 4))
  for (const bound of [-500, ...least, 500]) {
    const arrays = [starts.dots, starts.norms, starts.losses, starts.scales] as const
    const found = kernel.select(...arrays, count, 2, 3, 4, bound, starts.positions)
    const expected = least.flatMap((value, i) => (value <= bound ? [i] : []))
    expect([...integers.slice(starts.positions / 4, starts.positions / 4 + found)]).toEqual(expected)
  }
  kernel.upperBounds(starts.dots, starts.norms, starts.losses, starts.scales, count, 2, 3, 4, starts.bounds)
  const most = Array.from(dots!, (dot, i) => norms![i]! + 2 * losses![i]! - 3 * scales![i]! * (dot - 4))
  expect([...floats.slice(starts.bounds / 4, starts.bounds / 4 + count)]).toEqual(most)
  for (const k of [1, 2, 10, count]) {
    expect(kernel.kthSmallest(starts.bounds, count, k, starts.positions)).toBe(most.toSorted((a, b) => a - b)[k - 1])
  }
  expect(kernel.kthSmallest(starts.bounds, count, count + 1, starts.positions)).toBe(Number.POSITIVE_INFINITY)
})
