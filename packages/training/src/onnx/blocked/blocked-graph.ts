import type { Attributes, Graph } from '@mode-ood/onnx-graph'
import type { Tape } from '../tape.ts'

/**
 * The operator set of onnxruntime's own layout. It is internal to the runtime: its version is pinned, and a self-test decides at
 * start (docs/decisions/0016-blocked-training.md).
 */
export const blockedDomain = 'com.microsoft.nchwc'

export interface BlockedConvolution {
  readonly kernel: readonly [number, number]
  readonly strides?: readonly [number, number]
  readonly dilations?: readonly [number, number]
  /** Zeros above and below. Those at the sides are written out: a window over the edge is slow in the runtime. */
  readonly rows?: readonly [number, number]
  readonly groups?: number
  /** One number an output channel, added. */
  readonly bias?: string | undefined
  /** A tensor of the output's shape, added. */
  readonly sum?: string | undefined
  readonly relu?: boolean
}

/** A graph under construction whose maps and filters lie in blocks: see `MapExtents` and `filterForm`. */
export interface BlockedGraph {
  readonly graph: Graph
  readonly tape: Tape
  /** B: channels in a block, and as many images. */
  readonly block: number
  /** Names of gradients that hold even rows and columns only, the rest being zero: see `even-gradient.ts`. */
  readonly evenOnly: Set<string>
  /** The tensor's elements in another shape. */
  reshape(tensor: string, shape: readonly number[]): string
  /** The tensor's elements, seen in `shape`, with its axes permuted. */
  permute(tensor: string, shape: readonly number[], permutation: readonly number[]): string
  /** The runtime's blocked convolution: everything it can add on the way costs no pass of its own. */
  convolve(input: string, filter: string, options: BlockedConvolution): string
  /** [count, B, length] to [count, length, B]. */
  swapLast(tensor: string, count: number, length: number): string
  node(operation: string, ...inputs: string[]): string
  integers(values: readonly number[]): string
  /** What several passes want: made by the first, found by what it is. The same key must always mean the same type. */
  once<T>(key: string, make: () => T): T
}

export function createBlockedGraph(tape: Tape, block: number): BlockedGraph {
  const { graph } = tape
  const made = new Map<string, unknown>()
  const domain = { domain: blockedDomain }
  const origins = new Map<string, string>()
  const self: BlockedGraph = {
    graph,
    tape,
    block,
    evenOnly: new Set(),
    node: (operation, ...inputs) => graph.node(operation, inputs),
    reshape(tensor, shape) {
      const origin = origins.get(tensor) ?? tensor
      return self.once(`${origin} as ${shape.join()}`, () => {
        const reshaped = self.node('Reshape', origin, self.integers(shape))
        origins.set(reshaped, origin)
        return reshaped
      })
    },
    permute: (tensor, shape, perm) => graph.node('Transpose', [self.reshape(tensor, shape)], { perm }),
    convolve: (input, filter, options) =>
      graph.node('Conv', convolutionInputs(input, filter, options), convolutionAttributes(options), domain),
    swapLast: (tensor, count, length) =>
      graph.node('ReorderInput', [self.reshape(tensor, [count, block, length, 1])], {}, domain),
    integers: (values) => self.once(`integers ${values.join()}`, () => graph.integers(values)),
    once<T>(key: string, make: () => T): T {
      if (!made.has(key)) made.set(key, make())
      return made.get(key) as T
    },
  }
  return self
}

/** Inputs left out at the end are not written, those between are empty names. */
function convolutionInputs(input: string, filter: string, { bias, sum }: BlockedConvolution): string[] {
  if (sum !== undefined) return [input, filter, bias ?? '', sum]
  return bias === undefined ? [input, filter] : [input, filter, bias]
}

function convolutionAttributes(options: BlockedConvolution): Attributes {
  const { kernel, strides = [1, 1], dilations = [1, 1], rows = [0, 0], groups = 1, relu } = options
  return {
    kernel_shape: kernel,
    strides,
    dilations,
    pads: [rows[0], 0, rows[1], 0],
    group: groups,
    activation: relu ? 'Relu' : undefined,
  }
}
