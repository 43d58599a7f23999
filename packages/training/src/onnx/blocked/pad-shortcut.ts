import type { PadPlan } from '@mode-ood/backbones'
import type { GraphMap } from '../map-layout.ts'
import type { BlockedGraph } from './blocked-graph.ts'
import { splitColumns } from './columns.ts'
import { addEvenGradient, addMapGradient, recordMap } from './even-gradient.ts'
import { filterForm } from './filter-form.ts'
import { mapExtents } from './map-extents.ts'

/**
 * Option A of He et al. 2016 as a 1x1 convolution with ones and zeros: exact, and it moves channels between blocks, whatever
 * their number. Backwards it is the convolution with the transposed filter, and takes the other branch's gradient as it goes.
 */
export function padShortcut(blocked: BlockedGraph, input: GraphMap, plan: PadPlan): GraphMap {
  const { outputs, stride } = plan
  const [there, back] = [selection(blocked, plan, 'there'), selection(blocked, plan, 'back')]
  const source = stride === 1 ? input.name : splitColumns(blocked, input.name, mapExtents(input, blocked.block))[0]
  const name = blocked.convolve(source, there, { kernel: [1, 1], strides: [stride, 1] })
  const output = { ...input, name, channels: outputs, height: input.height / stride, width: input.width / stride }
  recordMap(blocked, output, (gradient) => {
    const add = stride === 1 ? addMapGradient : addEvenGradient
    add(blocked, input, (sum) => blocked.convolve(gradient, back, { kernel: [1, 1], sum }))
  })
  return output
}

/** The filter that puts each channel in its new place, or back. */
function selection(blocked: BlockedGraph, { inputs, outputs }: PadPlan, direction: 'there' | 'back'): string {
  const before = Math.floor((outputs - inputs) / 2)
  const shape = direction === 'there' ? [outputs, inputs, 1, 1] : [inputs, outputs, 1, 1]
  const dense = new Float32Array(outputs * inputs)
  for (let channel = 0; channel < inputs; channel++) {
    dense[direction === 'there' ? (before + channel) * inputs + channel : channel * outputs + before + channel] = 1
  }
  const form = filterForm({ shape }, false, blocked.block)
  const filter = new Float32Array(form.shape.reduce((product, extent) => product * extent, 1))
  form.toGraph(dense, filter)
  return blocked.graph.constant(filter, form.shape)
}
