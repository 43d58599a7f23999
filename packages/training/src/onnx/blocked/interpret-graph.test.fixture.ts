import { type Graph, graphOf, type NodeProto } from '@mode-ood/onnx-graph'
import { interpretBlocked } from './interpret-blocked.test.fixture.ts'

export interface Values {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

export interface NodeContext {
  readonly inputs: readonly (Values | undefined)[]
  integer(name: string, otherwise?: number): number
  integers(name: string): number[] | undefined
  text(name: string): string | undefined
  float(name: string): number
}

/**
 * Computes a graph in float64 by the definitions of its operators, the runtime's own ones for blocks of any size: how graphs
 * for other machines than this one are tested.
 */
export function interpretGraph(graph: Graph, block: number, feeds: ReadonlyMap<string, Values>): Map<string, Values> {
  const { node, initializer } = graphOf(graph.model)
  const known = new Map<string, Values>(feeds)
  for (const { name, dims, dataType, rawData } of initializer) {
    const buffer = rawData.slice().buffer
    const numbers = dataType === 7 ? Array.from(new BigInt64Array(buffer), Number) : new Float32Array(buffer)
    known.set(name, { shape: dims.map(Number), data: Float64Array.from(numbers) })
  }
  for (const one of node) {
    const context = contextOf(one, known)
    const results = one.domain === '' ? interpret(one, context) : [interpretBlocked(one.opType, context, block)]
    for (const [i, result] of results.entries()) known.set(one.output[i]!, result)
  }
  return known
}

function contextOf(node: NodeProto, known: ReadonlyMap<string, Values>): NodeContext {
  const attribute = (name: string) => node.attribute.find((one) => one.name === name)
  return {
    inputs: node.input.map((name) => known.get(name)),
    integer: (name, otherwise = 0) => Number(attribute(name)?.i ?? otherwise),
    integers: (name) => attribute(name)?.ints.map(Number),
    text: (name) => attribute(name) && new TextDecoder().decode(attribute(name)!.s),
    float: (name) => attribute(name)!.f,
  }
}

const elementwise: Record<string, (...values: number[]) => number> = {
  Add: (a, b) => a! + b!,
  Sub: (a, b) => a! - b!,
  Mul: (a, b) => a! * b!,
  Max: (...all) => Math.max(...all),
  Identity: (a) => a!,
  Relu: (a) => Math.max(0, a!),
  Neg: (a) => -a!,
  Sqrt: (a) => Math.sqrt(a!),
  Reciprocal: (a) => 1 / a!,
}

function interpret({ opType, output }: NodeProto, context: NodeContext): Values[] {
  const inputs = context.inputs as readonly Values[]
  const [first, second] = inputs
  const list = (i: number) => Array.from(inputs[i]!.data)
  switch (opType) {
    case 'Reshape':
      return [{ shape: list(1), data: first!.data }]
    case 'Transpose': {
      const permutation = context.integers('perm')!
      const shape = permutation.map((axis) => first!.shape[axis]!)
      return [gather(first!, shape, (index) => unpermute(index, permutation))]
    }
    case 'Pad': {
      const rank = first!.shape.length
      const pads = list(1)
      const shape = first!.shape.map((extent, axis) => extent + pads[axis]! + pads[rank + axis]!)
      return [gather(first!, shape, (index) => index.map((at, axis) => at - pads[axis]!), inputs[2]?.data[0] ?? 0)]
    }
    case 'Slice': {
      const [starts, ends, axes] = [list(1), list(2), list(3)]
      const shape = [...first!.shape]
      const offset = shape.map(() => 0)
      for (const [i, axis] of axes.entries()) {
        const at = (axis + shape.length) % shape.length
        offset[at] = starts[i]!
        shape[at] = ends[i]! - starts[i]!
      }
      return [gather(first!, shape, (index) => index.map((at, axis) => at + offset[axis]!))]
    }
    case 'Split': {
      const axis = context.integer('axis')
      let start = 0
      return output.map((_, i) => {
        const from = start
        start += list(1)[i]!
        return gather(first!, first!.shape.with(axis, list(1)[i]!), (index) => index.with(axis, index[axis]! + from))
      })
    }
    case 'Concat': {
      const axis = context.integer('axis')
      const length = first!.shape[axis]!
      const shape = first!.shape.with(axis, length * inputs.length)
      return [
        fill(shape, (index) =>
          elementAt(inputs[Math.floor(index[axis]! / length)]!, index.with(axis, index[axis]! % length)),
        ),
      ]
    }
    case 'Gather': {
      const axis = context.integer('axis')
      const chosen = list(1)
      return [
        gather(first!, first!.shape.with(axis, chosen.length), (index) => index.with(axis, chosen[index[axis]!]!)),
      ]
    }
    case 'Expand':
      return [broadcast([first!, { shape: list(1), data: new Float64Array(0) }], 1, (a) => a!)]
    case 'ReduceMean':
      return [reduceMean(first!, list(1))]
    case 'HardSigmoid':
      return [
        {
          ...first!,
          data: first!.data.map((x) => Math.max(0, Math.min(1, context.float('alpha') * x + context.float('beta')))),
        },
      ]
    default:
      if (!elementwise[opType]) throw new Error(`the interpreter does not know ${opType} (${second?.shape})`)
      return [broadcast(inputs, inputs.length, elementwise[opType])]
  }
}

function unpermute(index: readonly number[], permutation: readonly number[]): number[] {
  const source = new Array<number>(index.length)
  for (const [i, axis] of permutation.entries()) source[axis] = index[i]!
  return source
}

function elementAt({ shape, data }: Values, index: readonly number[]): number {
  return data[index.reduce((sum, i, axis) => sum * shape[axis]! + i, 0)]!
}

/** Every element from its index. */
function fill(shape: readonly number[], value: (index: number[]) => number): Values {
  const size = shape.reduce((product, extent) => product * extent, 1)
  const data = new Float64Array(size)
  const index = shape.map(() => 0)
  for (let i = 0; i < size; i++) {
    data[i] = value(index)
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0
  }
  return { shape, data }
}

/** Every element from where it comes from; `outside` where that is not in the tensor. */
function gather(source: Values, shape: readonly number[], origin: (index: number[]) => number[], outside = 0): Values {
  return fill(shape, (index) => {
    const from = origin(index)
    const isInside = from.every((i, axis) => i >= 0 && i < source.shape[axis]!)
    return isInside ? elementAt(source, from) : outside
  })
}

function broadcast(inputs: readonly Values[], used: number, f: (...values: number[]) => number): Values {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length))
  const shapes = inputs.map(({ shape }) => [...new Array<number>(rank - shape.length).fill(1), ...shape])
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(...shapes.map((one) => one[axis]!)))
  return fill(shape, (index) =>
    f(
      ...inputs.slice(0, used).map((input, k) =>
        elementAt(
          { ...input, shape: shapes[k]! },
          index.map((i, axis) => (shapes[k]![axis] === 1 ? 0 : i)),
        ),
      ),
    ),
  )
}

/** Without keeping the axes. */
function reduceMean(input: Values, axes: readonly number[]): Values {
  const kept = input.shape.filter((_, axis) => !axes.includes(axis))
  const result = fill(kept, () => 0)
  const count = axes.reduce((product, axis) => product * input.shape[axis]!, 1)
  fill(input.shape, (index) => {
    const to = index.filter((_, axis) => !axes.includes(axis))
    result.data[to.reduce((sum, i, axis) => sum * kept[axis]! + i, 0)]! += elementAt(input, index) / count
    return 0
  })
  return result
}
