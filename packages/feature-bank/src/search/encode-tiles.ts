import { allocate } from './allocate.ts'
import type { BuildSpace } from './build-space.ts'
import { lengthAcross, partError } from './parts.ts'
import { largest, relativeError } from './rounding.ts'
import { type CodeKind, type Segment, type Tile, tileShape } from './segment.ts'

/** The vectors of a tile. */
export type PlannedTile = Pick<Tile, 'group' | 'first' | 'rows'>

/** Vectors in groups, and how to encode them; see `Segment`. */
export interface Encoding {
  readonly from: number
  readonly rows: number
  readonly kind: CodeKind
  readonly centers: Float32Array
  readonly basis: Float32Array
  readonly order: Int32Array
  readonly tiles: readonly PlannedTile[]
}

/** Writes all tiles, and says between which distances from the centre the vectors of each lie, and the parts of each group's. */
export function encodeTiles(space: BuildSpace, encoding: Encoding): Pick<Segment, 'tiles' | 'codes' | 'spans'> {
  const { from, rows, kind, centers, basis, tiles } = encoding
  const { precision } = kind
  const { dimension } = space
  const place = placesOf(encoding)
  const relative = relativeError(dimension)
  const inner = new Float64Array(tiles.length).fill(Number.POSITIVE_INFINITY)
  const outer = new Float64Array(tiles.length)
  const shapes = tiles.map((tile) => tileShape(tile.rows, dimension, precision))
  const offsets: number[] = []
  let bytes = 0
  for (const shape of shapes) {
    offsets.push(bytes)
    bytes += shape.bytes
  }
  const codes = new Uint8Array(allocate(bytes))
  const numbers = new Float32Array(codes.buffer)
  const widen = createSpans(centers.length / dimension, dimension, basis.length / dimension)
  space.setRawCenters(centers)
  space.setBasis(basis)
  space.encode(
    from,
    rows,
    kind,
    (row) => tiles[place.tile[row]!]!.group,
    (row, { code, squaredNorm, squaredLoss, scale, along }) => {
      const t = place.tile[row]!
      const at = place.row[row]!
      const offset = offsets[t]!
      const norm = Math.sqrt(squaredNorm)
      inner[t] = Math.min(inner[t]!, norm)
      outer[t] = norm < largest ? Math.max(outer[t]!, norm) : Number.POSITIVE_INFINITY
      widen.take(tiles[t]!.group, norm, along)
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
  const placed = tiles.map((tile, t) => ({ ...tile, offset: offsets[t]!, inner: inner[t]!, outer: outer[t]! }))
  return { tiles: placed, codes, spans: widen.spans }
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
