import { allocate } from './allocate.ts'
import { BuildSpace } from './build-space.ts'
import { cluster } from './cluster.ts'
import { largest, relativeError } from './rounding.ts'
import { type Precision, type Segment, type Tile, tileRows, tileShape } from './segment.ts'
import type { Vectors } from './vectors.ts'

/** Groups a segment has at most. */
const mostGroups = 256

/**
 * Prepares the vectors [from, from + rows) of a bank for search. They are read three times at most: a sample, and twice all
 * in the order in which they lie.
 */
export function buildSegment(vectors: Vectors, from: number, rows: number, precision: Precision): Segment {
  const { dimension } = vectors
  const space = new BuildSpace(vectors, dimension, mostGroups)
  const { centers, groups, distances } = cluster(space, from, rows, mostGroups)
  const order = sortByGroup(groups, distances, centers.length / dimension)
  const plan = planTiles(groups, centers.length / dimension, dimension, precision)
  const codes = new Uint8Array(allocate(plan.bytes))
  const radii = encodeAll(space, { from, rows, precision, centers, groups, order, tiles: plan.tiles, codes })
  const tiles = plan.tiles.map((tile, i) => ({ ...tile, inner: radii.inner[i]!, outer: radii.outer[i]! }))
  return { from, rows, dimension, precision, centers: share(centers), tiles, order, codes }
}

/** Vectors by group, then by distance from its centre. */
function sortByGroup(groups: Uint16Array, distances: Float32Array, count: number): Int32Array {
  const order = new Int32Array(allocate(4 * groups.length))
  const ends = groupEnds(groups, count)
  const next = Int32Array.from({ length: count }, (_, group) => (group === 0 ? 0 : ends[group - 1]!))
  for (let row = 0; row < groups.length; row++) order[next[groups[row]!]!++] = row
  for (let group = 0; group < count; group++) {
    const members = order.subarray(group === 0 ? 0 : ends[group - 1]!, ends[group])
    members.sort((a, b) => distances[a]! - distances[b]! || a - b)
  }
  return order
}

function groupEnds(groups: Uint16Array, count: number): Int32Array {
  const ends = new Int32Array(count)
  for (const group of groups) ends[group]!++
  for (let group = 1; group < count; group++) ends[group]! += ends[group - 1]!
  return ends
}

type PlannedTile = Omit<Tile, 'inner' | 'outer'>

/** Tiles of about equal size in every group. */
function planTiles(
  groups: Uint16Array,
  count: number,
  dimension: number,
  precision: Precision,
): { tiles: PlannedTile[]; bytes: number } {
  const most = tileRows(dimension)
  const tiles: PlannedTile[] = []
  let offset = 0
  let first = 0
  for (const [group, end] of groupEnds(groups, count).entries()) {
    const parts = Math.ceil((end - first) / most)
    for (let part = 0; part < parts; part++) {
      const rows = Math.ceil((end - first) / (parts - part))
      tiles.push({ group, first, rows, offset })
      offset += tileShape(rows, dimension, precision).bytes
      first += rows
    }
  }
  return { tiles, bytes: offset }
}

interface Encoding {
  readonly from: number
  readonly rows: number
  readonly precision: Precision
  readonly centers: Float32Array
  readonly groups: Uint16Array
  readonly order: Int32Array
  readonly tiles: readonly PlannedTile[]
  readonly codes: Uint8Array
}

/** Writes all tiles, and says between which distances from the centre the vectors of each lie. */
function encodeAll(space: BuildSpace, encoding: Encoding): { inner: Float64Array; outer: Float64Array } {
  const { from, rows, precision, centers, groups, tiles, codes } = encoding
  const { dimension } = space
  const place = placesOf(encoding)
  const relative = relativeError(dimension)
  const inner = new Float64Array(tiles.length).fill(Number.POSITIVE_INFINITY)
  const outer = new Float64Array(tiles.length)
  const shapes = tiles.map((tile) => tileShape(tile.rows, dimension, precision))
  const numbers = new Float32Array(codes.buffer)
  space.setRawCenters(centers)
  space.encode(
    from,
    rows,
    precision,
    (row) => groups[row]!,
    (row, code, squaredNorm, squaredLoss, scale) => {
      const t = place.tile[row]!
      const at = place.row[row]!
      const { offset } = tiles[t]!
      const norm = Math.sqrt(squaredNorm)
      inner[t] = Math.min(inner[t]!, norm)
      outer[t] = norm < largest ? Math.max(outer[t]!, norm) : Number.POSITIVE_INFINITY
      // Differences are rounded before they are encoded, and squares of the smallest numbers are lost.
      const loss = Math.sqrt(squaredLoss) * (1 + relative) + norm * 2 ** -21 + Math.sqrt(dimension) * 1e-22
      codes.set(code, offset + at * code.length)
      numbers[(offset + shapes[t]!.norms) / 4 + at] = squaredNorm
      numbers[(offset + shapes[t]!.losses) / 4 + at] = loss * (1 + 2 ** -23)
      numbers[(offset + shapes[t]!.scales) / 4 + at] = scale
    },
  )
  for (const t of tiles.keys()) {
    const isKnown = outer[t]! < Number.POSITIVE_INFINITY
    inner[t] = isKnown ? Math.max(0, inner[t]! * (1 - relative) - 1e-18) : 0
    outer[t] = outer[t]! * (1 + relative) + 1e-18
  }
  return { inner, outer }
}

/** The tile of every vector and its row there. */
function placesOf({ rows, order, tiles }: Encoding): { tile: Int32Array; row: Int32Array } {
  const tile = new Int32Array(rows)
  const row = new Int32Array(rows)
  for (const [t, { first, rows: count }] of tiles.entries()) {
    for (let at = 0; at < count; at++) {
      tile[order[first + at]!] = t
      row[order[first + at]!] = at
    }
  }
  return { tile, row }
}

function share(values: Float32Array): Float32Array {
  const shared = new Float32Array(allocate(values.byteLength))
  shared.set(values)
  return shared
}
