import { type BuildSpace, range } from './build-space.ts'
import { kMeans, type Points } from './k-means.ts'
import { NearestCenters } from './nearest-centers.ts'
import { paddedDimension } from './segment.ts'

/** Vectors for which a group of their own is worth its cost to every query; half as many prepare longer and rule out less. */
const rowsPerGroup = 512
/** Vectors a group that take part in finding the centres, and in all. */
const sampledPerGroup = 64
const mostSampled = 8192
/** Numbers the sample holds at most: it lies in memory. */
const mostNumbers = 2 ** 22
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
 * Groups around means of a sample taken at equal distances, so that equal vectors give equal groups. Every vector goes to its
 * nearest centre, to rounding: one in a wrong group makes the group's bounds worse. All in float32 around the mean.
 */
export function cluster(space: BuildSpace, from: number, rows: number, mostGroups: number): Clusters {
  const { dimension } = space
  const padded = paddedDimension(dimension, 'float32')
  const count = Math.max(1, Math.min(mostGroups, Math.floor(rows / rowsPerGroup)))
  const sampled = Math.min(
    rows,
    count * sampledPerGroup,
    Math.max(count, Math.min(mostSampled, Math.floor(mostNumbers / dimension))),
  )
  const positions = Int32Array.from({ length: sampled }, (_, i) => from + Math.floor((i * rows) / sampled))
  const { mean, points } = readSample(space, positions, padded)
  const centers = centersOf(points, count)
  space.setOrigin(mean)
  return {
    ...assignAll(space, from, rows, centers, padded),
    centers: translate(centers, mean, dimension, padded),
  }
}

/** Reads vectors once, and takes their mean from them. */
function readSample(space: BuildSpace, positions: Int32Array, padded: number): { mean: Float32Array; points: Points } {
  const { dimension } = space
  const rows = positions.length
  const vectors = space.read(positions)
  const sums = new Float64Array(dimension)
  for (let at = 0; at < vectors.length;) for (let i = 0; i < dimension; i++, at++) sums[i]! += vectors[at]!
  const mean = Float32Array.from(sums, (sum) => sum / rows)
  const data = padded === dimension ? vectors : new Float32Array(rows * padded)
  const squaredNorms = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dimension; i++) {
      const difference = Math.fround(vectors[row * dimension + i]! - mean[i]!)
      data[row * padded + i] = difference
      squaredNorms[row]! += difference * difference
    }
  }
  return { mean, points: { data, squaredNorms, padded } }
}

/** Centres of groups; the mean alone where groups explain too little. */
function centersOf(points: Points, count: number): Float32Array<ArrayBuffer> {
  const mean = new Float32Array(points.padded)
  if (count === 1) return mean
  const { centers, within } = kMeans(points, count)
  const total = points.squaredNorms.reduce((sum, squaredNorm) => sum + squaredNorm, 0)
  return within <= (1 - worthGroups) * total ? centers : mean
}

function assignAll(space: BuildSpace, from: number, rows: number, centers: Float32Array, padded: number) {
  const groups = new Uint16Array(rows)
  const distances = new Float32Array(rows)
  const nearest = new NearestCenters(padded, space.batchRows, centers.length / padded)
  nearest.setCenters(centers)
  for (let start = 0; start < rows; start += space.batchRows) {
    const { points, squaredNorms } = space.differences(range(from + start, Math.min(space.batchRows, rows - start)))
    nearest.find(points, (row, group, score) => {
      groups[start + row] = group
      distances[start + row] = squaredNorms[row]! - 2 * score
    })
  }
  return { groups, distances }
}

/** Centres as vectors of the bank's space, without padding. */
function translate(centers: Float32Array, mean: Float32Array, dimension: number, padded: number): Float32Array {
  const count = centers.length / padded
  return Float32Array.from(
    { length: count * dimension },
    (_, at) => mean[at % dimension]! + centers[Math.floor(at / dimension) * padded + (at % dimension)]!,
  )
}
