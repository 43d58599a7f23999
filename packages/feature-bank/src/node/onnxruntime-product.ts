import { createGraph, type Graph } from '@mode-ood/onnx-graph'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { NativeProduct } from '../search/tile-filter.ts'

/** Runs what uses onnxruntime; may refuse to. */
export type Guard = (compute: () => Promise<void>) => Promise<void>

/** Matrix products in onnxruntime, in the calling thread. */
export async function createOnnxruntimeProduct(guard: Guard): Promise<NativeProduct> {
  const { zero, top } = (await sumsExactly()) ? fullByte : sevenBits
  const one = new Tensor('float32', Float32Array.of(1), [])
  const integers = await openProduct((graph) =>
    graph.node(
      'MatMulIntegerToFloat',
      [
        graph.input('left', 'uint8', ['n', 'd']),
        graph.input('right', 'int8', ['d', 'm']),
        graph.input('one', 'float32', []),
        graph.input('scale', 'float32', []),
        graph.constant(Uint8Array.of(zero), []),
      ],
      {},
      { domain: 'com.microsoft', name: 'out' },
    ),
  )
  const floats = await openProduct((graph) =>
    graph.node(
      'Gemm',
      [graph.input('left', 'float32', ['n', 'd']), graph.input('right', 'float32', ['m', 'd'])],
      { transB: 1 },
      { name: 'out' },
    ),
  )
  return {
    mostQueries: 512,
    top,
    zero,
    integers: ({ queries, rows, dimension }, left, right, out) =>
      guard(async () => {
        const feeds = {
          left: new Tensor('uint8', left, [queries, dimension]),
          right: new Tensor('int8', right, [dimension, rows]),
          one,
          scale: one,
        }
        await integers.run(feeds, { out: new Tensor('float32', out, [queries, rows]) })
      }),
    floats: ({ queries, rows, dimension }, left, right, out) =>
      guard(async () => {
        const feeds = {
          left: new Tensor('float32', left, [queries, dimension]),
          right: new Tensor('float32', right, [rows, dimension]),
        }
        await floats.run(feeds, { out: new Tensor('float32', out, [queries, rows]) })
      }),
  }
}

async function openProduct(emit: (graph: Graph) => string): Promise<InferenceSession> {
  const graph = createGraph({ opset: 17, domains: { 'com.microsoft': 1 } })
  graph.output(emit(graph), 'float32')
  return InferenceSession.create(graph.encode(), { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 })
}

/** Codes of queries: the full byte where the processor sums products exactly, seven bits where pairs of them saturate. */
const fullByte = { zero: 128, top: 127 }
const sevenBits = { zero: 64, top: 63 }

/** x86 processors without VNNI add pairs of 8-bit products in 16 bits and saturate: the largest codes tell. */
async function sumsExactly(): Promise<boolean> {
  const [rows, length, columns] = [8, 64, 32]
  const graph = createGraph({ opset: 17 })
  const left = graph.input('left', 'uint8', [rows, length])
  const right = graph.input('right', 'int8', [length, columns])
  graph.output(graph.node('MatMulInteger', [left, right], {}, { name: 'sums' }), 'int32')
  const session = await InferenceSession.create(graph.encode(), { intraOpNumThreads: 1, logSeverityLevel: 4 })
  const { sums } = await session.run({
    left: new Tensor('uint8', new Uint8Array(rows * length).fill(255), [rows, length]),
    right: new Tensor('int8', new Int8Array(length * columns).fill(127), [length, columns]),
  })
  await session.release()
  return (sums!.data as Int32Array).every((sum) => sum === length * 255 * 127)
}
