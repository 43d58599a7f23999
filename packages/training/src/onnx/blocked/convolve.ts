import type { ConvolutionPlan } from '@mode-ood/backbones'
import type { GraphMap } from '../map-layout.ts'
import type { BlockedGraph } from './blocked-graph.ts'
import { convolutionOutput } from './convolution-output.ts'
import type { ConvolutionParts } from './convolution-parts.ts'
import { addEvenGradient, addGradientOverEven, addMapGradient, recordMap } from './even-gradient.ts'
import { filterExtents } from './filter-form.ts'
import { filterGradient, firstFilterGradient } from './filter-gradient.ts'
import { evenInputGradient, inputGradient, strideTwoInputGradient } from './input-gradient.ts'
import { imageExtents, mapExtents } from './map-extents.ts'

/** A convolution padded by half its kernel; the filter is `CONVOLUTION.weight`. `isFirst`: of the images themselves. */
export function convolve(blocked: BlockedGraph, input: GraphMap, plan: ConvolutionPlan, isFirst: boolean): GraphMap {
  const { tape, block } = blocked
  const { inputs, outputs, kernel, stride } = plan
  const size = { channels: outputs, height: input.height / stride, width: input.width / stride }
  const parts: ConvolutionParts = {
    blocked,
    input,
    inputExtents: isFirst ? imageExtents(input, block) : mapExtents(input, block),
    outputExtents: mapExtents({ ...input, ...size }, block),
    filter: `${plan.convolution}.weight`,
    filterExtents: filterExtents([outputs, inputs, kernel], isFirst, block),
    plan,
  }
  const output = { ...input, ...size, name: convolutionOutput(parts) }
  recordMap(blocked, output, (gradient) => {
    const ofFilter = isFirst ? firstFilterGradient : filterGradient
    tape.addGradient(parts.filter, ofFilter(parts, gradient))
    if (!isFirst) addInputGradient(parts, gradient)
  })
  return output
}

function addInputGradient(parts: ConvolutionParts, gradient: string): void {
  const { blocked, input, plan } = parts
  if (plan.stride === 1) addMapGradient(blocked, input, (sum) => inputGradient(parts, gradient, sum))
  else if (plan.kernel === 1) addEvenGradient(blocked, input, (sum) => evenInputGradient(parts, gradient, sum))
  else addGradientOverEven(blocked, input, (sum) => strideTwoInputGradient(parts, gradient, sum))
}
