import { relativeError } from './rounding.ts'

/** Between which lengths something lies. */
interface Range {
  readonly least: number
  readonly most: number
}

/** Any length at all. */
const anyLength: Range = { least: 0, most: Number.POSITIVE_INFINITY }

/**
 * Off by how much, relative to a vector, its part along a basis of float32 may be: products are rounded, and directions are
 * orthonormal to 2⁻²³ each.
 */
export function partError(dimension: number, directions: number): number {
  return Math.sqrt(directions) * relativeError(dimension) + directions * 2 ** -22
}

/** The length across a basis of what is `whole` long in all, and `along` it. */
export function lengthAcross(whole: Range, along: Range): Range {
  if (!(whole.most < 1e18 && along.most < 1e18)) return anyLength
  return {
    least: Math.sqrt(Math.max(0, whole.least ** 2 * (1 - 2 ** -40) - along.most ** 2)) * (1 - 2 ** -40),
    most: Math.sqrt(Math.max(0, whole.most ** 2 * (1 + 2 ** -40) - along.least ** 2)) * (1 + 2 ** -40) + 1e-18,
  }
}
