import { createRandom } from '@mode-ood/core'
import { createGraph } from '@mode-ood/onnx-graph'
import { relativeError, tolerance } from '@mode-ood/testing'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { appendViews, viewWindows } from './index.ts'

describe('viewWindows', () => {
  const rows = (height: number) => viewWindows(height, 8).map(({ top, bottom }) => [top, bottom])

  test('quadrants of odd sizes overlap as in adaptive pooling, the centre is [floor(H/4), ceil(3H/4))', () => {
    expect(rows(4)).toEqual([
      [0, 2],
      [0, 2],
      [2, 4],
      [2, 4],
      [0, 4],
      [1, 3],
    ])
    expect(rows(7)).toEqual([
      [0, 4],
      [0, 4],
      [3, 7],
      [3, 7],
      [0, 7],
      [1, 6],
    ])
    expect(rows(8)).toEqual([
      [0, 4],
      [0, 4],
      [4, 8],
      [4, 8],
      [0, 8],
      [2, 6],
    ])
    expect(rows(1)).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
      [0, 1],
    ])
  })

  test('quadrants go row by row', () => {
    expect(
      viewWindows(2, 4)
        .slice(0, 4)
        .map(({ top, left }) => [top, left]),
    ).toEqual([
      [0, 0],
      [0, 2],
      [1, 0],
      [1, 2],
    ])
  })
})

/** Views by loops over the definition; the map is [count, height, width, channels]. */
function viewsByLoops(map: Float32Array, count: number, height: number, width: number, channels: number): Float64Array {
  const views: number[] = []
  for (let n = 0; n < count; n++) {
    for (const { top, bottom, left, right } of viewWindows(height, width)) {
      const sums = new Float64Array(channels)
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          for (let c = 0; c < channels; c++) sums[c]! += map[((n * height + y) * width + x) * channels + c]!
        }
      }
      const means = sums.map((sum) => sum / ((bottom - top) * (right - left)))
      const norm = Math.hypot(...means) + 1e-10
      views.push(...means.map((mean) => mean / norm))
    }
  }
  return Float64Array.from(views)
}

function channelsFirst(map: Float32Array, count: number, positions: number, channels: number): Float32Array {
  const turned = new Float32Array(map.length)
  for (let n = 0; n < count; n++) {
    for (let p = 0; p < positions; p++) {
      for (let c = 0; c < channels; c++)
        turned[(n * channels + c) * positions + p] = map[(n * positions + p) * channels + c]!
    }
  }
  return turned
}

describe.each([
  [4, 4],
  [7, 7],
  [8, 8],
  [1, 1],
  [3, 6],
])('a map of %i x %i', (height, width) => {
  const [count, channels] = [3, 5]
  const random = createRandom(11)
  const map = Float32Array.from({ length: count * height * width * channels }, () => Math.max(0, random.normal()))
  map.fill(0, 0, height * width * channels)

  test.each(['NCHW', 'NHWC'] as const)('%s, opset 11 and 18', async (layout) => {
    const data = layout === 'NHWC' ? map : channelsFirst(map, count, height * width, channels)
    const shape = layout === 'NHWC' ? [count, height, width, channels] : [count, channels, height, width]
    for (const opset of [11, 18]) {
      const graph = createGraph({ opset })
      const name = graph.input('map', 'float32', ['n', ...shape.slice(1)])
      graph.output(appendViews(graph, { name, layout, height, width, channels }), 'float32')
      const session = await InferenceSession.create(graph.encode(), { intraOpNumThreads: 1 })
      const views = (await session.run({ map: new Tensor('float32', data, shape) }))[session.outputNames[0]!]!
      expect(views.dims).toEqual([count, 6, channels])
      expect(relativeError(views.data as Float32Array, viewsByLoops(map, count, height, width, channels))).toBeLessThan(
        tolerance.float32,
      )
      expect((views.data as Float32Array).subarray(0, 6 * channels).every((value) => value === 0)).toBe(true)
    }
  })
})
