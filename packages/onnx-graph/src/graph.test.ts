import { InvalidInputError } from '@mode-ood/core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { createGraph, decodeModel, editGraph, float } from './index.ts'

const options: InferenceSession.SessionOptions = { intraOpNumThreads: 1 }

async function run(bytes: Uint8Array, feeds: Record<string, Tensor>) {
  const session = await InferenceSession.create(bytes, options)
  return session.run(feeds)
}

describe('createGraph', () => {
  test('a matrix product with a bias is what one computes by hand', async () => {
    const graph = createGraph()
    const x = graph.input('x', 'float32', ['n', 2])
    const w = graph.constant(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2])
    const b = graph.constant(Float32Array.of(10, 20, 30))
    graph.output(graph.node('Gemm', [x, w, b], { transB: 1, beta: float(2) }, { name: 'y' }), 'float32', ['n', 3])
    const { y } = await run(graph.encode(), { x: new Tensor('float32', [1, 1, 2, 0], [2, 2]) })
    expect([...(y!.data as Float32Array)]).toEqual([23, 47, 71, 22, 46, 70])
  })

  test('nodes with several outputs, integer constants, scalars and other operator sets', async () => {
    const graph = createGraph({ domains: { 'com.microsoft': 1 } })
    const x = graph.input('x', 'float32', [4])
    const scaled = graph.node('Mul', [x, graph.scalar(2)])
    const gelu = graph.node('Gelu', [x], {}, { domain: 'com.microsoft' })
    const [values, indices] = graph.nodeWithOutputs('TopK', [scaled, graph.integers([2])], 2, { axis: 0 })
    for (const name of [values!, gelu]) graph.output(name, 'float32')
    graph.output(indices!, 'int64', [2])
    const results = await run(graph.encode(), { x: new Tensor('float32', [1, 4, 3, 0], [4]) })
    expect([...(results[values!]!.data as Float32Array)]).toEqual([8, 6])
    expect([...(results[indices!]!.data as BigInt64Array)]).toEqual([1n, 2n])
    expect((results[gelu]!.data as Float32Array)[1]).toBeCloseTo(3.99987, 4)
  })

  test('constants larger than the threshold arrive whole', async () => {
    const data = Float32Array.from({ length: 5000 }, (_, i) => i / 7)
    const graph = createGraph()
    const x = graph.input('x', 'float32', [5000])
    graph.output(graph.node('Add', [x, graph.constant(data)], {}, { name: 'y' }), 'float32')
    const { y } = await run(graph.encode(), { x: new Tensor('float32', new Float32Array(5000)) })
    expect(y!.data).toEqual(data)
  })

  test('the body of a Scan reads the graph around it', async () => {
    const graph = createGraph()
    const start = graph.input('start', 'float32', [])
    const factors = graph.input('factors', 'float32', ['n'])
    const body = graph.subgraph('body')
    const state = body.input('state', 'float32', [])
    const factor = body.input('factor', 'float32', [])
    const grown = body.node('Mul', [body.node('Add', [state, start]), factor])
    body.output(grown, 'float32', [])
    body.output(body.node('Identity', [grown]), 'float32', [])
    const attributes = { body: body.model.graph, num_scan_inputs: 1 }
    graph.nodeWithOutputs('Scan', [start, factors], ['last', 'all'], attributes)
    graph.output('last', 'float32', [])
    graph.output('all', 'float32', ['n'])
    const feeds = { start: new Tensor('float32', [1], []), factors: new Tensor('float32', [2, 3, 1], [3]) }
    const { last, all } = await run(graph.encode(), feeds)
    expect([...(all!.data as Float32Array)]).toEqual([4, 15, 16])
    expect([...(last!.data as Float32Array)]).toEqual([16])
  })

  test('mistakes are errors that name the tensor', () => {
    const graph = createGraph()
    graph.input('x', 'float32', [1])
    expect(() => graph.node('Relu', ['z'])).toThrow(/Relu reads "z"/)
    expect(() => graph.subgraph('body').input('x', 'float32', [1])).toThrow(/already has a tensor named "x"/)
    expect(() => graph.input('x', 'float32', [1])).toThrow(/already has a tensor named "x"/)
    expect(() => graph.output('q', 'float32')).toThrow(/"q" cannot be an output/)
    expect(() => graph.constant(new Float32Array(3), [2, 2])).toThrow(/\[2, 2\] needs 4 elements, but 3/)
    expect(() => graph.node('Elu', ['x'], { alpha: 0.5 })).toThrow(/write float\(0.5\)/)
    expect(() => graph.node('Gelu', ['x'], {}, { domain: 'com.microsoft' })).toThrow(InvalidInputError)
  })
})

describe('editGraph', () => {
  test('a decoded model gains nodes and outputs and keeps what it had', async () => {
    const first = createGraph()
    const x = first.input('x', 'float32', [2])
    const hidden = first.node('Mul', [x, first.constant(new Float32Array(2).fill(3))])
    first.output(first.node('Relu', [hidden], {}, { name: 'y' }), 'float32', [2])

    const graph = editGraph(decodeModel(first.encode()))
    graph.output(graph.node('Neg', [hidden], {}, { name: 'negative' }), 'float32', [2])
    const results = await run(graph.encode(), { x: new Tensor('float32', [1, -1], [2]) })
    expect([...(results['y']!.data as Float32Array)]).toEqual([3, 0])
    expect([...(results['negative']!.data as Float32Array)]).toEqual([-3, 3])
  })

  test('encoding and decoding gives the same model', () => {
    const graph = createGraph({ opset: 17, domains: { 'com.microsoft': 1 } })
    const x = graph.input('x', 'float32', ['n', 3000])
    graph.output(graph.node('Add', [x, graph.constant(new Float32Array(3000).fill(2))]), 'float32')
    expect(decodeModel(graph.encode())).toEqual(graph.model)
  })

  test.each([
    ['text', new TextEncoder().encode('this is no model')],
    ['nothing', new Uint8Array(0)],
    ['an image', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70)],
  ])('%s is not an ONNX file', (_, bytes) => {
    expect(() => decodeModel(bytes, { file: 'model.onnx' })).toThrow(/^model.onnx: is not an ONNX file/)
  })

  test('a torn file is not an ONNX file', () => {
    const graph = createGraph()
    const x = graph.input('x', 'float32', [3000])
    graph.output(graph.node('Add', [x, graph.constant(new Float32Array(3000))]), 'float32')
    const bytes = graph.encode()
    expect(() => decodeModel(bytes.subarray(0, bytes.length - 5), { file: 'a.onnx' })).toThrow(
      /^a.onnx: is not an ONNX/,
    )
  })
})
