import type { Feeds } from './group-maxima.ts'

/**
 * A fast way to bound distances. For a query q and a bank vector b, both less a centre, s = q·b - |b|²/2 orders vectors as
 * the distance does: |q - b|² = |q|² - 2s. A filter computes s for a block of queries and a tile of vectors, roughly, with
 * a bound of its error that holds for certain.
 */
export interface Filter {
  encodeTile(tile: TileVectors): EncodedTile
  /** Row-major vectors of a block of queries. */
  encodeQueries(queries: Float32Array): EncodedQueries
  /** The largest s of every group of 16 vectors, [queries, groups]. */
  maxima(queries: EncodedQueries, tile: EncodedTile, into: Float32Array): Promise<void>
  /** How far any s of this query and tile may be off; infinite where the numbers mean nothing. */
  errorBound(queries: EncodedQueries, row: number, tile: EncodedTile): number
}

/** Vectors of a tile, row-major, at most `tileRows`. */
export interface TileVectors {
  readonly data: Float32Array
  readonly rows: number
}

export interface EncodedTile {
  readonly feeds: Feeds
  /** Largest norm of a vector less the centre. */
  readonly largestNorm: number
  /** Largest norm of what a vector lost by encoding; 0 for a filter that loses nothing but rounding. */
  readonly largestResidual: number
}

export interface EncodedQueries {
  readonly feeds: Feeds
  readonly rows: number
  /** |q|² of the queries less the centre. */
  readonly squaredNorms: Float64Array
  /** Norm of what each query lost by encoding. */
  readonly residuals: Float64Array
}

/** Makes a filter for vectors of a dimension; `center` is near their mean. */
export type CreateFilter = (center: Float32Array) => Promise<Filter>

/** Beyond this float32 sums may overflow, and below its inverse they may lose everything. */
export const largestMagnitude = 1e30
