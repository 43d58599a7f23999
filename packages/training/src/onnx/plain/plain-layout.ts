import type { GraphLayout } from '../graph-layout.ts'
import type { GraphMap, MapLayout } from '../map-layout.ts'
import { planVariables } from '../plan-variables.ts'
import type { Tape } from '../tape.ts'
import { convolve } from './convolve.ts'
import { maxPool } from './max-pool.ts'
import { normalize } from './normalize.ts'
import { padShortcut } from './pad-shortcut.ts'

/** Maps as [count, channels, height, width], tensors as in the state dict, ONNX's own operators: runs anywhere. */
export const plainLayout: GraphLayout = {
  name: 'plain',
  refusal: () => undefined,
  variables: (entries) => planVariables(entries),
  multiplyAdd: (graph, { factor, x, y }, name) =>
    graph.node('Add', [graph.node('Mul', [factor, x]), y], {}, name === undefined ? {} : { name }),
  maps(tape, options): MapLayout {
    let first: string | undefined
    return {
      images(count, height, width) {
        const images = tape.graph.input('images', 'float32', [count, height, width, 3])
        first = tape.graph.node('Transpose', [images], { perm: [0, 3, 1, 2] })
        return { name: first, count, channels: 3, height, width }
      },
      convolve: (input, plan) => convolve(tape, input, plan, input.name === first),
      normalize: (input, batchNorm, how) => normalize(tape, input, batchNorm, options, how),
      maxPool: (input) => maxPool(tape, input),
      padShortcut: (input, plan) => padShortcut(tape, input, plan),
      globalAverage: (input) => globalAverage(tape, input),
      positions: (input) => positions(tape, input),
    }
  },
}

function globalAverage(tape: Tape, { name, count, channels, height, width }: GraphMap): string {
  const { graph } = tape
  const output = graph.node('Flatten', [graph.node('GlobalAveragePool', [name])], { axis: 1 })
  tape.record(output, (gradient) => {
    const share = graph.node('Mul', [gradient, graph.scalar(1 / (height * width))])
    const pixel = graph.node('Reshape', [share, graph.integers([count, channels, 1, 1])])
    tape.addGradient(name, graph.node('Expand', [pixel, graph.integers([count, channels, height, width])]))
  })
  return output
}

function positions(tape: Tape, { name, count, channels, height, width }: GraphMap): string {
  const { graph } = tape
  const reshape = (tensor: string, shape: readonly number[]) => graph.node('Reshape', [tensor, graph.integers(shape)])
  const flat = reshape(name, [count, channels, height * width])
  const output = graph.node('Transpose', [flat], { perm: [0, 2, 1] })
  tape.record(output, (gradient) => {
    const back = graph.node('Transpose', [gradient], { perm: [0, 2, 1] })
    tape.addGradient(name, reshape(back, [count, channels, height, width]))
  })
  return output
}
