import { paddedDimension } from './segment.ts'
import { type BuildSpace, range } from './build-space.ts'

/** Vectors for which a group of their own is worth its cost to every query. */
const rowsPerGroup = 2048
/** Vectors a group that take part in finding the centres. */
const sampledPerGroup = 64
/** Numbers the sample holds at most. */
const mostSampled = 2 ** 23
const rounds = 4

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
  let centers = new Float32Array(count * padded)
  space.setOrigin(mean)
  const first = Int32Array.from({ length: count }, (_, i) => sample[Math.floor((i * sampled) / count)]!)
  for (let start = 0; start < count; start += space.batchRows) {
    const batch = first.subarray(start, start + space.batchRows)
    space.differences(batch, (row, difference) => centers.set(difference, (start + row) * padded))
  }
  const improvements = count > 1 ? rounds : 0
  for (let round = 0; round < improvements; round++) centers = improve(space, sample, centers)
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

/** One round: the mean of the vectors that a centre is nearest to; a centre without any stays. */
function improve(space: BuildSpace, sample: Int32Array, centers: Float32Array): Float32Array<ArrayBuffer> {
  const padded = paddedDimension(space.dimension, 'float32')
  const count = centers.length / padded
  const sums = new Float64Array(centers.length)
  const members = new Int32Array(count)
  space.setCenters(centers)
  for (let start = 0; start < sample.length; start += space.batchRows) {
    space.nearestCenters(sample.subarray(start, start + space.batchRows), (_, group, __, difference) => {
      members[group]!++
      for (let i = 0; i < padded; i++) sums[group * padded + i]! += difference[i]!
    })
  }
  return Float32Array.from(centers, (value, at) => {
    const size = members[Math.floor(at / padded)]!
    return size > 0 ? sums[at]! / size : value
  })
}

/** Centres as vectors of the bank's space, without padding. */
function translate(centers: Float32Array, mean: Float32Array, dimension: number, padded: number): Float32Array {
  const count = centers.length / padded
  return Float32Array.from(
    { length: count * dimension },
    (_, at) => mean[at % dimension]! + centers[Math.floor(at / dimension) * padded + (at % dimension)]!,
  )
}
