import type { ConvolutionParts } from './convolution-parts.ts'
import { joinColumns, padColumns } from './columns.ts'
import { graphShape } from './map-extents.ts'
import { reach, tapsFromParity, type StrideTap } from './stride-taps.ts'
import { turnedFilter } from './turned-filter.ts'

/**
 * The gradient of a convolution's input at stride 1: a convolution of the output's gradient with the filter turned by half a
 * turn. `sum` is added on the way.
 */
export function inputGradient(parts: ConvolutionParts, outputGradient: string, sum?: string): string {
  const { blocked, outputExtents, plan } = parts
  const { kernel } = plan
  const pad = (kernel - 1) / 2
  const backwards = Array.from({ length: kernel }, (_, i) => kernel - 1 - i)
  return blocked.convolve(
    padColumns(blocked, outputGradient, outputExtents, [pad, pad]),
    turnedFilter(parts, backwards, backwards),
    { kernel: [kernel, kernel], dilations: [1, blocked.block], rows: [pad, pad], sum },
  )
}

/**
 * The same at stride 2, for kernels above 1: a convolution for each parity of row and column, with the taps that reach such
 * positions. `evenSum` is the rest of the gradient where that is zero but in even rows and columns.
 */
export function strideTwoInputGradient(parts: ConvolutionParts, outputGradient: string, evenSum?: string): string {
  const { blocked, inputExtents, outputExtents, plan } = parts
  const taps = [0, 1].map((parity) => tapsFromParity(plan.kernel, parity))
  const half = { ...inputExtents, height: outputExtents.height, width: outputExtents.width }
  const row = (rowTaps: readonly StrideTap[], sum?: string) => {
    const [even, odd] = taps.map((columnTaps, parity) =>
      phase(parts, outputGradient, [rowTaps, columnTaps], parity === 0 ? sum : undefined),
    )
    return joinColumns(blocked, [even!, odd!], half)
  }
  // even and odd rows are joined as columns are: a row is one long cell
  const rows = { ...half, width: 1, cell: inputExtents.width * half.cell }
  const whole = joinColumns(blocked, [row(taps[0]!, evenSum), row(taps[1]!)], rows)
  return blocked.reshape(whole, graphShape(inputExtents, blocked.block))
}

/** The gradient of a 1x1 convolution of stride 2: even rows and columns of the input, the others have none. */
export function evenInputGradient(parts: ConvolutionParts, outputGradient: string, evenSum?: string): string {
  return parts.blocked.convolve(outputGradient, turnedFilter(parts, [0], [0]), { kernel: [1, 1], sum: evenSum })
}

function phase(
  parts: ConvolutionParts,
  outputGradient: string,
  [rowTaps, columnTaps]: readonly [readonly StrideTap[], readonly StrideTap[]],
  sum: string | undefined,
): string {
  const { blocked, outputExtents } = parts
  const filter = turnedFilter(
    parts,
    rowTaps.map(({ tap }) => tap),
    columnTaps.map(({ tap }) => tap),
  )
  return blocked.convolve(padColumns(blocked, outputGradient, outputExtents, reach(columnTaps)), filter, {
    kernel: [rowTaps.length, columnTaps.length],
    dilations: [1, blocked.block],
    rows: reach(rowTaps),
    sum,
  })
}
