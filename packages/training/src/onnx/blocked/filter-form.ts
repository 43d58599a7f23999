import type { TrainingEntry } from '../../training-entries.ts'
import type { TensorForm } from '../state-variable.ts'

/**
 * How a filter lies in memory: [outputs / B][inputs / B][kernel][kernel][B inputs][B outputs], in the graph [outputs, inputs,
 * kernel, kernel], inputs and outputs filled up to multiples of B with zeros. The first filter's three inputs are no block:
 * [outputs / B][3][kernel][kernel][B outputs].
 */
export interface FilterExtents {
  readonly outputs: number
  readonly inputs: number
  readonly kernel: number
  /** Numbers a tap: B², of the first filter B. */
  readonly cell: number
}

export function filterExtents(shape: readonly number[], isFirst: boolean, block: number): FilterExtents {
  const [outputs, inputs, kernel] = shape as [number, number, number]
  const filled = (channels: number) => Math.ceil(channels / block) * block
  if (isFirst) return { outputs: filled(outputs), inputs, kernel, cell: block }
  return { outputs: filled(outputs), inputs: filled(inputs), kernel, cell: block * block }
}

/** To and from a filter as the state dict has it, [outputs, inputs, kernel, kernel]. */
export function filterForm({ shape }: Pick<TrainingEntry, 'shape'>, isFirst: boolean, block: number): TensorForm {
  const extents = filterExtents(shape, isFirst, block)
  const [outputs, inputs] = shape as [number, number]
  const taps = extents.kernel ** 2
  const inputsInBlock = isFirst ? 1 : block
  const inputBlocks = extents.inputs / inputsInBlock
  /** Where the first tap of a pair of channels lies; the others follow in steps of a cell. */
  const place = (output: number, input: number) => {
    const start = Math.floor(output / block) * inputBlocks + Math.floor(input / inputsInBlock)
    return start * taps * extents.cell + (input % inputsInBlock) * block + (output % block)
  }
  return {
    shape: [extents.outputs, extents.inputs, extents.kernel, extents.kernel],
    toGraph(values, target) {
      for (let pair = 0, dense = 0; pair < outputs * inputs; pair++) {
        let blocked = place(Math.floor(pair / inputs), pair % inputs)
        for (let tap = 0; tap < taps; tap++, blocked += extents.cell) target[blocked] = values[dense++]!
      }
    },
    fromGraph(values, target) {
      for (let pair = 0, dense = 0; pair < outputs * inputs; pair++) {
        let blocked = place(Math.floor(pair / inputs), pair % inputs)
        for (let tap = 0; tap < taps; tap++, blocked += extents.cell) target[dense++] = values[blocked]!
      }
    },
  }
}

/** A number a channel, filled up with zeros; `undefined` where channels are a multiple of B. */
export function vectorForm({ shape }: Pick<TrainingEntry, 'shape'>, block: number): TensorForm | undefined {
  const channels = shape[0]!
  if (channels % block === 0) return undefined
  return {
    shape: [Math.ceil(channels / block) * block],
    toGraph: (values, target) => target.set(values),
    fromGraph: (values, target) => target.set(values.subarray(0, channels)),
  }
}
