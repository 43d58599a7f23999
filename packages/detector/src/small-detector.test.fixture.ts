import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '@mode-ood/core'
import { openModel, type Model } from '@mode-ood/inference'
import { createGraph } from '@mode-ood/onnx-graph'
import type { ImageBytes } from './detector-model.ts'

// Test files share this module, so that the folder stays to the end of the process.
const directory = mkdtempSync(join(tmpdir(), 'mode-ood-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))

export const classes = 3
export const preprocessing = { mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.3], resize: 'crop' } as const

/** What opens {@link writeModel}'s file. */
export const modelOptions: { readonly onnx: string; readonly threads: 1 } = { onnx: writeModel(), threads: 1 }

let shared: Promise<Model> | undefined

/** The model, opened once; it stays open, and its idle thread does not keep the process. */
export function smallModel(): Promise<Model> {
  return (shared ??= openModel(modelOptions) as Promise<Model>)
}

/** One convolution on images of 8 x 8, pooled to 9 numbers; the class is the colour that stands out. */
function writeModel(): string {
  const random = createRandom('small model')
  const graph = createGraph()
  const images = graph.input('images', 'float32', ['n', 3, 8, 8])
  const kernel = Float32Array.from({ length: 9 * 27 }, (_, at) => {
    const [filter, channel] = [Math.floor(at / 27), Math.floor(at / 9) % 3]
    return (filter % 3 === channel ? 0.2 : -0.1) + 0.02 * random.normal()
  })
  const head = Float32Array.from(
    { length: 27 },
    (_, at) => Number(Math.floor(at / 3) % 3 === at % 3) + 0.1 * random.normal(),
  )
  const map = graph.node('Relu', [
    graph.node('Conv', [images, graph.constant(kernel, [9, 3, 3, 3])], { kernel_shape: [3, 3] }),
  ])
  const flat = graph.node('Flatten', [graph.node('GlobalAveragePool', [map])], { axis: 1 })
  graph.output(graph.node('Gemm', [flat, graph.constant(head, [9, classes])], {}, { name: 'logits' }), 'float32')
  const file = join(directory, 'small.onnx')
  writeFileSync(file, graph.encode())
  return file
}

interface LabelledBytes extends ImageBytes {
  readonly labels: Int32Array
  readonly names: readonly string[]
}

/** Images in red, green or blue of many shades, grainy, with labels and names. */
export function smallImages(count: number, seed: number | string): LabelledBytes {
  const random = createRandom(seed)
  const data = new Uint8Array(count * 192)
  for (let i = 0; i < count; i++) {
    const bright = random.integer(3)
    const colour = [0, 1, 2].map((channel) => (channel === bright ? 150 : 0) + random.integer(50))
    for (let at = 0; at < 192; at++) data[i * 192 + at] = colour[at % 3]! + random.integer(50)
  }
  const labels = Int32Array.from({ length: count }, (_, i) => i % classes)
  const names = Array.from({ length: count }, (_, i) => `image ${i}`)
  return { count: count, height: 8, width: 8, data: data, labels: labels, names: names }
}

/** Images nothing like those of {@link smallImages}: grainy greys. */
export function otherImages(count: number, side = 8): ImageBytes {
  const random = createRandom('others')
  const data = new Uint8Array(count * side * side * 3)
  for (let at = 0; at < data.length; at += 3) data.fill(150 + random.integer(50), at, at + 3)
  return { count: count, height: side, width: side, data: data }
}
