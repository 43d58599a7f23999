import { createGraph } from '@mode-ood/onnx-graph'
import { expect, test } from 'vitest'
import { createTape } from './tape.ts'

test('the gradient of a tensor read twice is the sum of both contributions', () => {
  const graph = createGraph()
  const x = graph.input('x', 'float32', [1])
  const tape = createTape(graph)
  const y = graph.node('Add', [x, x])
  tape.record(y, (gradient) => {
    tape.addGradient(x, gradient)
    tape.addGradient(x, (sum) => graph.node('Sum', [sum!, gradient]))
  })
  tape.addGradient(y, graph.scalar(1))
  const gradient = tape.differentiate().get(x)!
  expect(graph.model.graph!.node.at(-1)!.output).toEqual([gradient])
  expect(graph.model.graph!.node.at(-1)!.opType).toBe('Sum')
})

test('a fixed tensor gets no gradient, and no node is written for one', () => {
  const graph = createGraph()
  const x = graph.input('x', 'float32', [1])
  const tape = createTape(graph)
  tape.fix(x)
  const y = graph.node('Neg', [x])
  tape.record(y, () => tape.addGradient(x, () => expect.unreachable()))
  tape.addGradient(y, graph.scalar(1))
  expect([...tape.differentiate().keys()]).toEqual([y])
})

test('what no loss depends on is not differentiated', () => {
  const graph = createGraph()
  const x = graph.input('x', 'float32', [1])
  const tape = createTape(graph)
  tape.record(graph.node('Neg', [x]), () => expect.unreachable())
  expect(tape.differentiate().size).toBe(0)
})
