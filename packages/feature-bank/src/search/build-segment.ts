import { allocate } from './allocate.ts'
import { BuildSpace } from './build-space.ts'
import { cluster } from './cluster.ts'
import { encodeTiles, type PlannedTile } from './encode-tiles.ts'
import { findBasis } from './find-basis.ts'
import { hasRelaxedKernel } from './relaxed-kernel.ts'
import { type Precision, type Segment, tileRows } from './segment.ts'
import type { Vectors } from './vectors.ts'

/**
 * Groups a segment has at most. 384 took twice as long to find as 192 and, around noisier centres, ruled out no more: a
 * query of 100,000 clustered vectors was compared with 6% of them and not with 7 to 13%.
 */
const mostGroups = 192

/**
 * Prepares the vectors [from, from + rows) of a bank for search. They are read three times at most: a sample, and twice all
 * in the order in which they lie.
 */
export function buildSegment(
  vectors: Vectors,
  from: number,
  rows: number,
  precision: Precision,
  narrow: boolean = isNarrow(precision),
): Segment {
  const { dimension } = vectors
  const space = new BuildSpace(vectors, dimension, mostGroups)
  const { centers, groups, distances } = cluster(space, from, rows, mostGroups)
  const order = sortByGroup(groups, distances, centers.length / dimension)
  const planned = planTiles(groups, centers.length / dimension, dimension)
  const basis = findBasis(centers, dimension)
  const kind = { precision, narrow }
  const encoded = encodeTiles(space, { from, rows, kind, centers, basis, order, tiles: planned })
  return { from, rows, dimension, ...kind, centers: share(centers), basis: share(basis), order, ...encoded }
}

/** Writes the codes of a segment with another precision: groups, their order and the basis stay. The vectors are read once. */
export function recodeSegment(vectors: Vectors, segment: Segment, precision: Precision): Segment {
  const { from, rows, dimension, centers, order, spans } = segment
  const space = new BuildSpace(vectors, dimension, centers.length / dimension)
  const kind = { precision, narrow: isNarrow(precision) }
  const planned = segment.tiles.map(({ group, first, rows: count }) => ({ group, first, rows: count }))
  // Lengths along the basis are known, and are those of vectors, not of codes.
  const encoding = { from, rows, kind, centers, basis: new Float32Array(), order, tiles: planned }
  return { ...segment, ...kind, ...encodeTiles(space, encoding), spans }
}

function isNarrow(precision: Precision): boolean {
  return precision === 'int8' && hasRelaxedKernel()
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

/** Tiles of about equal size in every group. */
function planTiles(groups: Uint16Array, count: number, dimension: number): PlannedTile[] {
  const most = tileRows(dimension)
  const tiles: PlannedTile[] = []
  let first = 0
  for (const [group, end] of groupEnds(groups, count).entries()) {
    const parts = Math.ceil((end - first) / most)
    for (let part = 0; part < parts; part++) {
      const rows = Math.ceil((end - first) / (parts - part))
      tiles.push({ group, first, rows })
      first += rows
    }
  }
  return tiles
}

function share(values: Float32Array): Float32Array {
  const shared = new Float32Array(allocate(values.byteLength))
  shared.set(values)
  return shared
}
