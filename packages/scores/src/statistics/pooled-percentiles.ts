import { InvalidInputError, type TrainingData } from '@mode-ood/core'
import { percentilePosition } from './linear-percentile.ts'
import { repeatable } from './repeatable.ts'

const half = 2 ** 16

/**
 * Percentiles, in 0..100, of all activations of all training images pooled, interpolated linearly between order statistics.
 *
 * Exact, in two passes and without holding the activations: the bits of a float32 order like its value, so one pass counts the
 * upper 16 bits of all, and the next the lower 16 of those that share them with a value asked for.
 *
 * @throws InvalidInputError when there are no activations.
 */
export async function pooledPercentiles(
  name: string,
  training: TrainingData<'embedding'>,
  percentiles: readonly number[],
): Promise<number[]> {
  const data = repeatable(name, training)
  const upper = new Float64Array(half)
  let count = 0
  for await (const { embedding } of data) {
    for (const key of orderedBits(embedding.data)) upper[key >>> 16]!++
    count += embedding.data.length
  }
  if (count === 0) throw new InvalidInputError(`score "${name}" learns from training images, and there are none`)
  const positions = percentiles.map((p) => percentilePosition(p, count))
  const ranks = positions.flatMap(({ lower, upper: next }) => [lower, next])
  const found = ranks.map((rank) => findRank(upper, rank))
  const lower = new Map(found.map(({ bin }) => [bin, new Float64Array(half)]))
  for await (const { embedding } of data) {
    for (const key of orderedBits(embedding.data)) {
      const counts = lower.get(key >>> 16)
      if (counts) counts[key & 0xffff]!++
    }
  }
  const values = found.map(({ bin, rest }) => valueOf(bin * half + findRank(lower.get(bin)!, rest).bin))
  return positions.map(({ fraction }, i) => values[2 * i]! + fraction * (values[2 * i + 1]! - values[2 * i]!))
}

/** The bin that holds the value of a rank, and the rank within the bin. */
function findRank(counts: Float64Array, rank: number): { bin: number; rest: number } {
  let rest = rank
  let bin = 0
  while (rest >= counts[bin]!) rest -= counts[bin++]!
  return { bin, rest }
}

/** Unsigned numbers in the order of the float32 values. */
function orderedBits(values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  return bits.map((word) => (word >= 0x8000_0000 ? ~word : word | 0x8000_0000))
}

/** The float32 value of an ordered number. */
function valueOf(key: number): number {
  const word = key >= 0x8000_0000 ? key - 0x8000_0000 : ~key
  return new Float32Array(Uint32Array.of(word).buffer)[0]!
}
