import type { PadPlan } from '@mode-ood/backbones'
import type { GraphMap } from '../map-layout.ts'
import type { Tape } from '../tape.ts'

/** Option A of He et al. 2016: every `stride`-th row and column, zeros as new channels on both sides alike. */
export function padShortcut(tape: Tape, input: GraphMap, { inputs, outputs, stride }: PadPlan): GraphMap {
  const { graph } = tape
  const { count } = input
  const before = Math.floor((outputs - inputs) / 2)
  const [height, width] = [Math.ceil(input.height / stride), Math.ceil(input.width / stride)]
  const pad = (tensor: string, pads: readonly number[]) => graph.node('Pad', [tensor, graph.integers(pads)])
  const slice = (tensor: string, ...parameters: readonly number[][]) =>
    graph.node('Slice', [tensor, ...parameters.map(graph.integers)])
  const sampled =
    stride === 1 ? input.name : slice(input.name, [0, 0], [input.height, input.width], [2, 3], [stride, stride])
  const name = pad(sampled, [0, before, 0, 0, 0, outputs - inputs - before, 0, 0])
  tape.record(name, (gradient) => {
    const own = slice(gradient, [before], [before + inputs], [1])
    if (stride === 1) {
      tape.addGradient(input.name, own)
      return
    }
    // a zero behind every row and column, then without those that stand behind the last of an odd size
    const apart = graph.node('Reshape', [own, graph.integers([count, inputs, height, 1, width, 1])])
    const spread = pad(apart, [0, 0, 0, 0, 0, 0, 0, 0, 0, stride - 1, 0, stride - 1])
    const whole = graph.node('Reshape', [spread, graph.integers([count, inputs, height * stride, width * stride])])
    const isEven = input.height === height * stride && input.width === width * stride
    tape.addGradient(input.name, isEven ? whole : slice(whole, [0, 0], [input.height, input.width], [2, 3]))
  })
  return { ...input, name, channels: outputs, height, width }
}
