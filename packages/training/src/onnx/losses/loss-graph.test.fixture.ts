import { readdirSync, readFileSync } from 'node:fs'
import type { Tensor as StoredTensor } from '@mode-ood/core'
import { createGraph } from '@mode-ood/onnx-graph'
import { readSafetensors } from '@mode-ood/safetensors'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { sessionOptions } from '../engine/session-options.ts'
import { createTape, type Tape } from '../tape.ts'
import type { EmittedLoss } from './loss-emitter.ts'

/** Values of a tensor of the graph, row by row; labels are int32, everything else float32. */
export interface GraphInput {
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
}

export interface LossRun {
  readonly loss: number
  readonly parts: Readonly<Record<string, number>>
  /** Of every float input that has one, by name. */
  readonly gradients: Readonly<Record<string, Float32Array>>
  readonly updates: Readonly<Record<string, Float32Array>>
}

/** Runs a loss once in a graph of its own, whose inputs are float32 by their names, and `labels` int32. */
export async function runLoss(
  inputs: Readonly<Record<string, GraphInput>>,
  emit: (tape: Tape) => EmittedLoss,
): Promise<LossRun> {
  const graph = createGraph()
  const typeOf = (name: string) => (name === 'labels' ? 'int32' : 'float32')
  for (const [name, { shape }] of Object.entries(inputs)) graph.input(name, typeOf(name), shape)
  const tape = createTape(graph)
  const { loss, parts, updates = new Map() } = emit(tape)
  const gradients = tape.differentiate()
  const names = new Map<string, string>([['loss', loss]])
  for (const [name, value] of Object.entries(parts)) names.set(`part.${name}`, value)
  for (const [name, value] of updates) names.set(`next.${name}`, value)
  for (const name of Object.keys(inputs)) if (gradients.has(name)) names.set(`gradient.${name}`, gradients.get(name)!)
  for (const [name, value] of names) graph.output(graph.node('Identity', [value], {}, { name }), 'float32')

  const session = await InferenceSession.create(graph.encode(), sessionOptions(true))
  const feed = ([name, { shape, values }]: [string, GraphInput]) => {
    const data = typeOf(name) === 'int32' ? Int32Array.from(values) : Float32Array.from(values)
    return [name, new Tensor(typeOf(name), data, shape)]
  }
  const outputs = await session.run(Object.fromEntries(Object.entries(inputs).map(feed)))
  await session.release()
  const valuesOf = (name: string) => outputs[name]!.data as Float32Array
  const under = (prefix: string) =>
    Object.fromEntries(
      [...names.keys()]
        .filter((name) => name.startsWith(prefix))
        .map((name) => [name.slice(prefix.length), valuesOf(name)]),
    )
  return {
    loss: valuesOf('loss')[0]!,
    parts: Object.fromEntries(Object.entries(under('part.')).map(([name, values]) => [name, values[0]!])),
    gradients: under('gradient.'),
    updates: under('next.'),
  }
}

const fixtures = new URL('../../../fixtures/losses/', import.meta.url)

/** Names of the stored problems that begin with `prefix`. */
export function storedLosses(prefix: string): string[] {
  return readdirSync(fixtures).filter((file) => file.startsWith(prefix))
}

export interface StoredLoss {
  input(name: string): GraphInput
  values(name: string): ArrayLike<number>
  option(name: string): number
}

/** Reads a stored problem. */
export function readStoredLoss(file: string): StoredLoss {
  const { tensors, metadata } = readSafetensors(readFileSync(new URL(file, fixtures)))
  const stored = (name: string) => tensors.get(name) as StoredTensor & { data: ArrayLike<number> }
  return {
    input: (name) => ({ shape: stored(name).shape, values: stored(name).data }),
    values: (name) => stored(name).data,
    option: (name) => Number(metadata[name]),
  }
}
