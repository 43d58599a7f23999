import type { FilePlace } from './file-access.ts'

/** Numbers vectors are compared by before exact distances are computed. */
export type Precision = 'float32' | 'int8'

/**
 * A stretch of a bank, prepared for search. Its vectors are sorted into groups around centres, and within a group by their
 * distance from the centre; consecutive ones form tiles, of which each vector is kept as a code: the vector less the
 * centre, as 8-bit numbers times a scale or as float32. Plain data, that threads share and files hold.
 */
export interface Segment {
  /** Position in the bank of its first vector. */
  readonly from: number
  readonly rows: number
  readonly dimension: number
  readonly precision: Precision
  /** Whether 8-bit codes are narrow: bytes 0..64 that stand for -32..32, instead of -127..127. */
  readonly narrow: boolean
  /** [groups, dimension] */
  readonly centers: Float32Array
  /** Orthonormal directions in which the centres differ, [directions, dimension]; there may be none. */
  readonly basis: Float32Array
  /**
   * [groups, 4]: the vectors of a group less its centre have a part along the basis whose length lies between the first two,
   * and a part across it whose length lies between the last two.
   */
  readonly spans: Float32Array
  /** By group, and within a group from the centre outwards. */
  readonly tiles: readonly Tile[]
  /** Position, less `from`, of the vectors in the order of tiles. */
  readonly order: Int32Array
  /** The tiles, in memory or in a file; see `TileShape`. */
  readonly codes: Uint8Array | FilePlace
}

export interface Tile {
  readonly group: number
  /** Of its vectors, the first one's place in `order`. */
  readonly first: number
  readonly rows: number
  /** Its first byte in `codes`. */
  readonly offset: number
  /** Distances of its vectors from the centre lie in [inner, outer]. An infinite one says that codes mean nothing. */
  readonly inner: number
  readonly outer: number
}

/**
 * The bytes of a tile: `rows` codes of `codeBytes` each, the rows rounded up to a multiple of 4, then three float32 a row: the
 * squared norm of the vector less the centre, the norm of what its code loses, and the scale of its code.
 */
export interface TileShape {
  readonly rows: number
  readonly norms: number
  readonly losses: number
  readonly scales: number
  readonly bytes: number
}

/** Numbers in a code: the dimension, rounded up so that codes are read 16 bytes at a time. */
export function paddedDimension(dimension: number, precision: Precision): number {
  const multiple = precision === 'int8' ? 16 : 4
  return Math.ceil(dimension / multiple) * multiple
}

export function tileShape(rows: number, dimension: number, precision: Precision): TileShape {
  const padded = Math.ceil(rows / 4) * 4
  const norms = padded * paddedDimension(dimension, precision) * (precision === 'int8' ? 1 : 4)
  const losses = norms + 4 * padded
  const scales = losses + 4 * padded
  return { rows: padded, norms, losses, scales, bytes: scales + 4 * padded }
}

/** Vectors a tile holds at most: its codes stay in the cache of a core. */
export function tileRows(dimension: number): number {
  return Math.min(1024, Math.max(64, Math.floor(2 ** 18 / dimension / 4) * 4))
}

/** How the numbers of a segment's codes are written. */
export type CodeKind = Pick<Segment, 'precision' | 'narrow'>

/** Sizes of 8-bit codes: the largest, and what is added to it. */
export function codeRange(narrow: boolean): { readonly top: number; readonly zero: number } {
  return narrow ? { top: 32, zero: 32 } : { top: 127, zero: 0 }
}
