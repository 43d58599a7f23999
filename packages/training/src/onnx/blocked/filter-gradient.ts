import type { BlockedGraph } from './blocked-graph.ts'
import type { ConvolutionParts } from './convolution-parts.ts'
import { padColumns, splitColumns } from './columns.ts'
import { imagePixels } from './images.ts'
import type { MapExtents } from './map-extents.ts'
import { evenRows } from './rows.ts'

/**
 * The gradient of a filter, in the filter's form: a convolution in which images and channels change places. The images are
 * its channels, the output's gradient is its filter, a kernel as large as a map that dilates by the stride, and what it gives
 * at a position is the gradient of a tap. The B channels of a block stand side by side in rows, where images stood.
 */
export function filterGradient(parts: ConvolutionParts, outputGradient: string): string {
  const { blocked, outputExtents, filterExtents } = parts
  const { block } = blocked
  const { outputs, inputs, kernel, cell } = filterExtents
  const { map, extents, rows, dilation } = kernel === 1 ? sampledInput(parts) : paddedInput(parts)
  const { groups, blocks, height, width } = extents
  const swapped = blocked.swapLast(map, groups * blocks * height * width, block)
  const source = exchangeOuter(blocked, swapped, [groups, blocks, height * width * cell])
  const gradient = blocked.convolve(
    blocked.reshape(source, [blocks, groups * block, height, width * block]),
    imagesAsInputs(parts, outputGradient),
    { kernel: [outputExtents.height, outputExtents.width], dilations: [dilation, dilation * block], rows },
  )
  const byInput = [blocks, outputExtents.blocks, kernel * kernel * cell] as const
  return blocked.reshape(exchangeOuter(blocked, gradient, byInput), [outputs, inputs, kernel, kernel])
}

/**
 * The same for the first filter: its three inputs stand side by side in rows, as they do in the images. What comes out has
 * inputs last but for the outputs of a block.
 */
export function firstFilterGradient(parts: ConvolutionParts, outputGradient: string): string {
  const { blocked, input, inputExtents, outputExtents, filterExtents, plan } = parts
  const { outputs, inputs, kernel } = filterExtents
  const { groups, height, width } = inputExtents
  const [before, after] = padding(parts)
  const pixel = inputs * blocked.block
  const lines = blocked.reshape(imagePixels(blocked, input), [groups * height, width * pixel])
  const padded = blocked.node('Pad', lines, blocked.integers([0, before * pixel, 0, after * pixel]))
  const gradient = blocked.convolve(
    blocked.reshape(padded, [1, groups * blocked.block, height, (before + width + after) * inputs]),
    imagesAsInputs(parts, outputGradient),
    {
      kernel: [outputExtents.height, outputExtents.width],
      dilations: [plan.stride, plan.stride * inputs],
      rows: [before, after],
    },
  )
  const seen = [outputExtents.blocks, kernel * kernel, inputs, blocked.block]
  return blocked.reshape(blocked.permute(gradient, seen, [0, 2, 1, 3]), [outputs, inputs, kernel, kernel])
}

interface GradientSource {
  readonly map: string
  readonly extents: MapExtents
  readonly rows: readonly [number, number]
  readonly dilation: number
}

/** Zeros before and after, so that a window the size of the map finds as many places as the kernel has taps. */
function padding({ plan: { kernel, stride } }: ConvolutionParts): [before: number, after: number] {
  const pad = (kernel - 1) / 2
  return [pad, pad + 1 - stride]
}

function paddedInput(parts: ConvolutionParts): GradientSource {
  const { blocked, input, inputExtents, plan } = parts
  const rows = padding(parts)
  const map = padColumns(blocked, input.name, inputExtents, rows)
  const extents = { ...inputExtents, width: rows[0] + inputExtents.width + rows[1] }
  return { map, extents, rows, dilation: plan.stride }
}

/** A 1x1 convolution sees nothing but the pixels that it strides to. */
function sampledInput({ blocked, input, inputExtents, outputExtents, plan }: ConvolutionParts): GradientSource {
  const extents = { ...inputExtents, height: outputExtents.height, width: outputExtents.width }
  const sampled = () => {
    const [even] = splitColumns(blocked, input.name, inputExtents)
    return evenRows(blocked, even, { ...inputExtents, width: extents.width })
  }
  return { map: plan.stride === 1 ? input.name : sampled(), extents, rows: [0, 0], dilation: 1 }
}

/** The output's gradient as a filter [outputs, images, height, width]. */
function imagesAsInputs({ blocked, outputExtents }: ConvolutionParts, gradient: string): string {
  const { groups, channels, blocks, height, width, cell } = outputExtents
  const exchanged = exchangeOuter(blocked, gradient, [groups, blocks, height * width * cell])
  return blocked.reshape(exchanged, [channels, groups * blocked.block, height, width])
}

/** [first, second, length] to [second, first, length]. */
function exchangeOuter(
  blocked: BlockedGraph,
  tensor: string,
  [first, second, length]: readonly [number, number, number],
): string {
  if (first === 1 || second === 1) return tensor
  return blocked.permute(tensor, [first, second, length], [1, 0, 2])
}
