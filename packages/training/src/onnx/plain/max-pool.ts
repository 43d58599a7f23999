import type { GraphMap } from '../map-layout.ts'
import type { Tape } from '../tape.ts'

/** 3x3, stride 2, padding 1. A gradient goes to the first of equal maxima, row by row, as in PyTorch. */
export function maxPool(tape: Tape, input: GraphMap): GraphMap {
  const { graph } = tape
  const { count, channels } = input
  const attributes = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }
  // the indices count from the first element of the whole map
  const [name, indices] = graph.nodeWithOutputs('MaxPool', [input.name], 2, attributes) as [string, string]
  tape.record(name, (gradient) => {
    const flat = (tensor: string) => graph.node('Reshape', [tensor, graph.integers([-1])])
    const elements = graph.integers([count * channels * input.height * input.width])
    const zeros = graph.node('ConstantOfShape', [elements])
    // windows overlap: a maximum of several gets the sum
    const scattered = graph.node('ScatterElements', [zeros, flat(indices), flat(gradient)], {
      axis: 0,
      reduction: 'add',
    })
    const shape = graph.integers([count, channels, input.height, input.width])
    tape.addGradient(input.name, graph.node('Reshape', [scattered, shape]))
  })
  return { ...input, name, height: Math.ceil(input.height / 2), width: Math.ceil(input.width / 2) }
}
