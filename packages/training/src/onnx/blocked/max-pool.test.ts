import { expect, test } from 'vitest'
import { probeBlockSize } from './block-size.ts'
import { maxPool } from './max-pool.ts'
import { type LayerCase, runLayer, runtimeMachine } from './run-layer.test.fixture.ts'

const machine = runtimeMachine((await probeBlockSize())!)
const layer: LayerCase = {
  name: 'max-pooling',
  maps: { x: [1, 1, 4, 4] },
  tensors: {},
  write: (blocked, { x }) => [maxPool(blocked, x!)],
  reference: () => [],
}

async function gradientOf(map: readonly number[]): Promise<number[]> {
  const values = { maps: { x: { shape: [1, 1, 4, 4] as const, data: Float64Array.from(map) } }, tensors: {} }
  const { gradients } = await runLayer(machine, layer, values, [Float64Array.of(1, 10, 100, 1000)])
  return [...gradients.get('x')!]
}

test('the gradient goes to the first of equal maxima, row by row', async () => {
  // windows: rows and columns 0-1 or 1-3 of both
  expect(await gradientOf(new Array<number>(16).fill(3))).toEqual([
    1, 10, 0, 0, 100, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ])
  // the later of two equal numbers stands in an earlier column
  expect(await gradientOf([0, 5, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])).toEqual(
    [0, 11, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0].with(5, 1000),
  )
})

test('what a window reaches beyond the map is no maximum, even of negative numbers', async () => {
  const map = Array.from({ length: 16 }, (_, i) => -1 - i)
  expect(await gradientOf(map)).toEqual([1, 10, 0, 0, 100, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
})
