import { padColumns, splitColumns } from './columns.ts'
import type { ConvolutionParts } from './convolution-parts.ts'
import { reach, tapsOfParity } from './stride-taps.ts'

/** The output of a convolution that is padded by half its kernel. */
export function convolutionOutput(parts: ConvolutionParts): string {
  const { blocked, input, inputExtents, filter, plan } = parts
  const { kernel, stride } = plan
  if (stride === 2) return strideTwoOutput(parts)
  const pad = (kernel - 1) / 2
  return blocked.convolve(padColumns(blocked, input.name, inputExtents, [pad, pad]), filter, {
    kernel: [kernel, kernel],
    dilations: [1, blocked.block],
    rows: [pad, pad],
  })
}

/** Even columns with the taps that meet them, added to odd columns with theirs; rows stride as ever. */
function strideTwoOutput(parts: ConvolutionParts): string {
  const { blocked, input, inputExtents, plan } = parts
  const { kernel } = plan
  const pad = (kernel - 1) / 2
  const columns = splitColumns(blocked, input.name, inputExtents)
  const half = { ...inputExtents, width: inputExtents.width / 2 }
  let sum: string | undefined
  for (const [parity, of] of columns.entries()) {
    const taps = tapsOfParity(kernel, parity)
    if (taps.length === 0) continue
    const filter = columnsOfFilter(
      parts,
      taps.map(({ tap }) => tap),
    )
    sum = blocked.convolve(padColumns(blocked, of, half, reach(taps)), filter, {
      kernel: [kernel, taps.length],
      strides: [2, 1],
      dilations: [1, blocked.block],
      rows: [pad, Math.max(0, pad - 1)],
      sum,
    })
  }
  return sum!
}

/** The filter with only some of its columns. */
function columnsOfFilter({ blocked, filter, filterExtents }: ConvolutionParts, columns: readonly number[]): string {
  const { outputs, inputs, kernel, cell } = filterExtents
  if (columns.length === kernel) return filter
  const rows = (outputs / blocked.block) * ((inputs * blocked.block) / cell) * kernel
  const byTap = blocked.reshape(filter, [rows, kernel, cell])
  const chosen = blocked.graph.node('Gather', [byTap, blocked.integers(columns)], { axis: 1 })
  return blocked.reshape(chosen, [outputs, inputs, kernel, columns.length])
}
