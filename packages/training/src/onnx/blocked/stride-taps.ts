/** A tap of a kernel along one axis, and how many positions from its own place it meets what it meets. */
export interface StrideTap {
  readonly tap: number
  readonly offset: number
}

/**
 * Which taps of a kernel of stride 2, padded by half of it, meet positions of one parity. The output at i reads position
 * 2i + tap - padding: the one of that parity with index i + offset. Ascending.
 */
export function tapsOfParity(kernel: number, parity: number): StrideTap[] {
  const padding = (kernel - 1) / 2
  return Array.from({ length: kernel }, (_, tap) => ({ tap, offset: (tap - padding - parity) / 2 })).filter(
    ({ offset }) => Number.isInteger(offset),
  )
}

/** The same seen from the input: position i of that parity goes to the output at i + offset. Ascending. */
export function tapsFromParity(kernel: number, parity: number): StrideTap[] {
  return tapsOfParity(kernel, parity)
    .map(({ tap, offset }) => ({ tap, offset: 0 - offset }))
    .toReversed()
}

/** Zeros needed before and after a line of positions so that taps find them. */
export function reach(taps: readonly StrideTap[]): [before: number, after: number] {
  const offsets = taps.map(({ offset }) => offset)
  return [Math.max(0, -Math.min(...offsets)), Math.max(0, ...offsets)]
}
