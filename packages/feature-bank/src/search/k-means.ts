import { createRandom, type Random } from '@mode-ood/core'
import { NearestCenters } from './nearest-centers.ts'

/** Turns in which first centres are drawn, and in which they are then improved. */
const draws = 8
const rounds = 2
/** Points compared at a time. */
const batchRows = 512

/** Points, [rows, padded], padded with zeros. */
export interface Points {
  readonly data: Float32Array
  readonly squaredNorms: Float64Array
  readonly padded: number
}

interface Assignment {
  /** Centre of each point. */
  readonly groups: Int32Array
  /** Rough squared distance of each from its centre. */
  readonly distances: Float64Array
}

export interface Means {
  /** [centres, padded] */
  readonly centers: Float32Array<ArrayBuffer>
  /** At least the sum of the squared distances of points from their nearest centre, but for rounding. */
  readonly within: number
}

/**
 * Lloyd's k-means. Every pass of the points is used twice: drawing centres leaves the points assigned for the first round,
 * and the last round tells what is left within groups.
 */
export function kMeans(points: Points, count: number): Means {
  const nearest = new NearestCenters(points.padded, batchRows, count)
  let { centers, assigned } = drawCenters(nearest, points, count)
  for (let round = 1; ; round++) {
    centers = meansOf(points, assigned, centers)
    if (round === rounds) break
    assigned = assign(nearest, points, centers)
  }
  return { centers, within: assigned.distances.reduce((sum, distance) => sum + Math.max(0, distance), 0) }
}

/** First centres as k-means++ draws them, far from each other, but several at a time (Bahmani et al., VLDB 2012). */
function drawCenters(
  nearest: NearestCenters,
  points: Points,
  count: number,
): { centers: Float32Array<ArrayBuffer>; assigned: Assignment } {
  const { data, padded, squaredNorms } = points
  const random = createRandom('centres of groups')
  const centers = new Float32Array(count * padded)
  const groups = new Int32Array(squaredNorms.length)
  const distances = new Float64Array(squaredNorms.length).fill(1)
  const perDraw = Math.ceil(count / draws)
  for (let first = 0; first < count; first += perDraw) {
    const places = drawByWeight(random, distances, Math.min(perDraw, count - first))
    for (const [i, place] of places.entries()) {
      centers.set(data.subarray(place * padded, (place + 1) * padded), (first + i) * padded)
    }
    const found = assign(nearest, points, centers.subarray(first * padded, (first + places.length) * padded))
    for (const [row, distance] of found.distances.entries()) {
      const own = Math.max(0, distance)
      if (first > 0 && !(own < distances[row]!)) continue
      distances[row] = own
      groups[row] = first + found.groups[row]!
    }
  }
  return { centers, assigned: { groups, distances } }
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

/** The nearest centre of each point. */
function assign(nearest: NearestCenters, points: Points, centers: Float32Array): Assignment {
  const { data, squaredNorms, padded } = points
  const groups = new Int32Array(squaredNorms.length)
  const distances = new Float64Array(squaredNorms.length)
  nearest.setCenters(centers)
  for (let start = 0; start < groups.length; start += batchRows) {
    const batch = data.subarray(start * padded, Math.min(data.length, (start + batchRows) * padded))
    nearest.find(batch, (row, group, score) => {
      groups[start + row] = group
      distances[start + row] = squaredNorms[start + row]! - 2 * score
    })
  }
  return { groups, distances }
}

/** The means of the points of each group; the centre of one without any stays. */
function meansOf({ data, padded }: Points, { groups }: Assignment, centers: Float32Array): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(centers.length)
  const members = new Int32Array(centers.length / padded)
  for (const [row, group] of groups.entries()) {
    members[group]!++
    const from = row * padded
    const into = group * padded
    for (let i = 0; i < padded; i++) sums[into + i]! += data[from + i]!
  }
  return Float32Array.from(centers, (value, at) => {
    const size = members[Math.floor(at / padded)]!
    return size > 0 ? sums[at]! / size : value
  })
}
