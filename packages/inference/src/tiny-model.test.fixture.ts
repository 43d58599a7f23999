import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, type Images } from '@mode-ood/core'
import { createGraph } from '@mode-ood/onnx-graph'
import { afterAll } from 'vitest'

const directory = mkdtempSync(join(tmpdir(), 'mode-ood-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** A model file of one convolution on images of 8 x 8, and a way to make it fail: images that begin with 99 break it. */
export function tinyModel(): string {
  const random = createRandom(3)
  const values = (length: number) => Float32Array.from({ length }, () => random.normal())
  const graph = createGraph()
  const images = graph.input('x', 'float32', ['n', 3, 8, 8])
  const map = graph.node('Relu', [
    graph.node('Conv', [images, graph.constant(values(16 * 27), [16, 3, 3, 3])], { kernel_shape: [3, 3] }),
  ])
  const flat = graph.node('Flatten', [graph.node('GlobalAveragePool', [map])], { axis: 1 })
  const logits = graph.node('Gemm', [flat, graph.constant(values(64), [16, 4])])
  // Gather refuses an index beyond the only row: 0 for ordinary images, 1 for one that begins with 99.
  const first = graph.node(
    'ReduceMax',
    [
      graph.node('Slice', [
        images,
        ...[
          [0, 0, 0],
          [1, 1, 1],
          [1, 2, 3],
        ].map(graph.integers),
      ]),
    ],
    {
      keepdims: 0,
    },
  )
  const isBad = graph.node('Cast', [graph.node('Equal', [first, graph.scalar(99)])], { to: 7 })
  const zero = graph.node('Gather', [graph.constant(new Float32Array(4), [1, 4]), isBad], { axis: 0 })
  graph.output(graph.node('Add', [logits, zero], {}, { name: 'y' }), 'float32')
  const file = join(directory, 'tiny.onnx')
  writeFileSync(file, graph.encode())
  return file
}

export function randomImages(count: number, seed = 5, side = 8): Images {
  const random = createRandom(seed)
  const data = Float32Array.from({ length: count * side * side * 3 }, () => random.normal())
  return { count, height: side, width: side, data }
}
