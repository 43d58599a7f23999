import { allocate } from './allocate.ts'
import { BuildSpace } from './build-space.ts'
import { cluster } from './cluster.ts'
import { findBasis } from './find-basis.ts'
import { lengthAcross, partError } from './parts.ts'
import { hasRelaxedKernel } from './relaxed-kernel.ts'
import { largest, relativeError } from './rounding.ts'
import { type CodeKind, type Precision, type Segment, type Tile, tileRows, tileShape } from './segment.ts'
import type { Vectors } from './vectors.ts'

/** Groups a segment has at most. */
const mostGroups = 384

/**
 * Prepares the vectors [from, from + rows) of a bank for search. They are read three times at most: a sample, and twice all
 * in the order in which they lie.
 */
export function buildSegment(
  vectors: Vectors,
  from: number,
  rows: number,
  precision: Precision,
  narrow: boolean = precision === 'int8' && hasRelaxedKernel(),
): Segment {
  const { dimension } = vectors
  const space = new BuildSpace(vectors, dimension, mostGroups)
  const { centers, groups, distances } = cluster(space, from, rows, mostGroups)
  const order = sortByGroup(groups, distances, centers.length / dimension)
  const plan = planTiles(groups, centers.length / dimension, dimension, precision)
  const codes = new Uint8Array(allocate(plan.bytes))
  const basis = findBasis(centers, dimension)
  const kind = { precision, narrow }
  const radii = encodeAll(space, { from, rows, kind, centers, basis, groups, order, tiles: plan.tiles, codes })
  const tiles = plan.tiles.map((tile, i) => ({ ...tile, inner: radii.inner[i]!, outer: radii.outer[i]! }))
  const { spans } = radii
  return { from, rows, dimension, ...kind, centers: share(centers), basis: share(basis), spans, tiles, order, codes }
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
  readonly kind: CodeKind
  readonly centers: Float32Array
  readonly basis: Float32Array
  readonly groups: Uint16Array
  readonly order: Int32Array
  readonly tiles: readonly PlannedTile[]
  readonly codes: Uint8Array
}

/** Writes all tiles, and says between which distances from the centre the vectors of each lie, and the parts of each group's. */
function encodeAll(
  space: BuildSpace,
  encoding: Encoding,
): { inner: Float64Array; outer: Float64Array; spans: Float32Array } {
  const { from, rows, kind, centers, basis, groups, tiles, codes } = encoding
  const { precision } = kind
  const { dimension } = space
  const place = placesOf(encoding)
  const relative = relativeError(dimension)
  const inner = new Float64Array(tiles.length).fill(Number.POSITIVE_INFINITY)
  const outer = new Float64Array(tiles.length)
  const shapes = tiles.map((tile) => tileShape(tile.rows, dimension, precision))
  const numbers = new Float32Array(codes.buffer)
  const widen = createSpans(centers.length / dimension, dimension, basis.length / dimension)
  space.setRawCenters(centers)
  space.setBasis(basis)
  space.encode(
    from,
    rows,
    kind,
    (row) => groups[row]!,
    (row, { code, squaredNorm, squaredLoss, scale, along }) => {
      const t = place.tile[row]!
      const at = place.row[row]!
      const { offset } = tiles[t]!
      const norm = Math.sqrt(squaredNorm)
      inner[t] = Math.min(inner[t]!, norm)
      outer[t] = norm < largest ? Math.max(outer[t]!, norm) : Number.POSITIVE_INFINITY
      widen.take(groups[row]!, norm, along)
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
  return { inner, outer, spans: widen.spans }
}

/** Collects the lengths of the vectors of each group along the basis and across it. */
function createSpans(groups: number, dimension: number, directions: number) {
  const spans = new Float32Array(allocate(16 * groups))
  for (let at = 0; at < spans.length; at += 2) spans[at] = Number.POSITIVE_INFINITY
  const error = partError(dimension, directions)
  const relative = relativeError(dimension)
  return {
    spans,
    take(group: number, norm: number, length: number): void {
      const isKnown = norm < largest
      const whole = { least: norm * (1 - relative) - 1e-18, most: norm * (1 + relative) + 1e-18 }
      const off = norm * error + 1e-18
      const along = isKnown
        ? { least: Math.max(0, length - off), most: length + off }
        : { least: 0, most: Number.POSITIVE_INFINITY }
      const across = lengthAcross({ ...whole, least: Math.max(0, whole.least) }, along)
      const at = group * 4
      spans[at] = Math.min(spans[at]!, along.least * (1 - 2 ** -23))
      spans[at + 1] = Math.max(spans[at + 1]!, along.most * (1 + 2 ** -23))
      spans[at + 2] = Math.min(spans[at + 2]!, across.least * (1 - 2 ** -23))
      spans[at + 3] = Math.max(spans[at + 3]!, across.most * (1 + 2 ** -23))
    },
  }
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
