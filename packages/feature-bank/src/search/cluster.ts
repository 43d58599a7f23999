import { createRandom, type Random } from '@mode-ood/core'
import { type BuildSpace, range } from './build-space.ts'
import { paddedDimension } from './segment.ts'

/** Vectors for which a group of their own is worth its cost to every query. */
const rowsPerGroup = 256
/** Vectors a group that take part in finding the centres. */
const sampledPerGroup = 64
/** Numbers the sample holds at most. */
const mostSampled = 2 ** 23
/** Turns in which first centres are drawn, and in which they are then improved. */
const draws = 8
const rounds = 3
/** Share of the squared distances from the mean that groups have to explain: vectors without any are one group. */
const worthGroups = 0.1

/** Groups of vectors: any will do, compact ones are searched faster. */
export interface Clusters {
  /** [groups, dimension] */
  readonly centers: Float32Array
  /** Group of each vector. */
  readonly groups: Uint16Array
  /** Rough squared distance of each vector from its centre. */
  readonly distances: Float32Array
}

/**
 * Lloyd's k-means on a sample taken at equal distances, so that equal vectors give equal groups; then every vector goes to
 * its nearest centre. All in float32 around the mean.
 */
export function cluster(space: BuildSpace, from: number, rows: number, mostGroups: number): Clusters {
  const { dimension } = space
  const count = Math.max(1, Math.min(mostGroups, Math.floor(rows / rowsPerGroup)))
  const groups = new Uint16Array(rows)
  const distances = new Float32Array(rows)
  const sampled = Math.min(rows, count * sampledPerGroup, Math.max(count, Math.floor(mostSampled / dimension)))
  const sample = Int32Array.from({ length: sampled }, (_, i) => from + Math.floor((i * rows) / sampled))
  const mean = space.mean(sample)
  const padded = paddedDimension(dimension, 'float32')
  space.setOrigin(mean)
  let centers: Float32Array<ArrayBuffer> = new Float32Array(padded)
  if (count > 1) {
    let found = drawCenters(space, sample, count)
    for (let round = 0; round < rounds; round++) found = improve(space, sample, found)
    if (isWorthwhile(space, sample, found)) centers = found
  }
  space.setCenters(centers)
  for (let start = 0; start < rows; start += space.batchRows) {
    const end = Math.min(rows, start + space.batchRows)
    space.nearestCenters(range(from + start, end - start), (row, group, distance) => {
      groups[start + row] = group
      distances[start + row] = distance
    })
  }
  return { centers: translate(centers, mean, dimension, padded), groups, distances }
}

/** First centres as k-means++ draws them, far from each other, but several at a time (Bahmani et al., VLDB 2012). */
function drawCenters(space: BuildSpace, sample: Int32Array, count: number): Float32Array<ArrayBuffer> {
  const padded = paddedDimension(space.dimension, 'float32')
  const random = createRandom('centres of groups')
  const centers = new Float32Array(count * padded)
  const nearest = new Float64Array(sample.length).fill(1)
  const perDraw = Math.ceil(count / draws)
  for (let first = 0; first < count; first += perDraw) {
    const places = drawByWeight(random, nearest, Math.min(perDraw, count - first))
    for (let start = 0; start < places.length; start += space.batchRows) {
      const batch = places.subarray(start, start + space.batchRows).map((place) => sample[place]!)
      space.differences(batch, (row, difference) => centers.set(difference, (first + start + row) * padded))
    }
    space.setCenters(centers.subarray(first * padded, (first + places.length) * padded))
    eachNearest(space, sample, (place, _, distance) => {
      const own = Math.max(0, distance)
      nearest[place] = first === 0 ? own : Math.min(nearest[place]!, own)
    })
  }
  return centers
}

/** Places, each drawn with a chance in proportion to its weight; equal chances where all weights are 0 or some mean nothing. */
function drawByWeight(random: Random, weights: Float64Array, count: number): Int32Array {
  let total = 0
  const sums = weights.map((weight) => (total += weight))
  const isMeaningful = total > 0 && total < Number.POSITIVE_INFINITY
  return Int32Array.from({ length: count }, () => {
    if (!isMeaningful) return random.integer(weights.length)
    const drawn = random.uniform() * total
    let low = 0
    let high = sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! > drawn) high = middle
      else low = middle + 1
    }
    return low
  })
}

function eachNearest(
  space: BuildSpace,
  sample: Int32Array,
  take: (place: number, group: number, distance: number, difference: Float32Array) => void,
): void {
  for (let start = 0; start < sample.length; start += space.batchRows) {
    const batch = sample.subarray(start, start + space.batchRows)
    space.nearestCenters(batch, (row, group, distance, difference) => take(start + row, group, distance, difference))
  }
}

/** One round: the mean of the vectors that a centre is nearest to; a centre without any stays. */
function improve(space: BuildSpace, sample: Int32Array, centers: Float32Array): Float32Array<ArrayBuffer> {
  const padded = paddedDimension(space.dimension, 'float32')
  const count = centers.length / padded
  const sums = new Float64Array(centers.length)
  const members = new Int32Array(count)
  space.setCenters(centers)
  eachNearest(space, sample, (_, group, __, difference) => {
    members[group]!++
    const at = group * padded
    for (let i = 0; i < padded; i++) sums[at + i]! += difference[i]!
  })
  return Float32Array.from(centers, (value, at) => {
    const size = members[Math.floor(at / padded)]!
    return size > 0 ? sums[at]! / size : value
  })
}

function isWorthwhile(space: BuildSpace, sample: Int32Array, centers: Float32Array): boolean {
  let within = 0
  let total = 0
  space.setCenters(centers)
  eachNearest(space, sample, (_, __, distance, difference) => {
    within += Math.max(0, distance)
    for (const value of difference) total += value * value
  })
  return within <= (1 - worthGroups) * total
}

/** Centres as vectors of the bank's space, without padding. */
function translate(centers: Float32Array, mean: Float32Array, dimension: number, padded: number): Float32Array {
  const count = centers.length / padded
  return Float32Array.from(
    { length: count * dimension },
    (_, at) => mean[at % dimension]! + centers[Math.floor(at / dimension) * padded + (at % dimension)]!,
  )
}
