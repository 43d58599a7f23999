/** Directions a basis has at most, and at most one in so many dimensions. */
const mostDirections = 128
const dimensionsPerDirection = 2
/** Share of the centres' squared lengths that may be left across the basis. */
const negligible = 0.02

/**
 * Orthonormal directions in which centres differ most, [directions, dimension]: Gram and Schmidt's, of the centres less the
 * mean, the one with the longest rest first. Float64 and orthogonalised twice, so that only the rounding to float32 is left.
 */
export function findBasis(centers: Float32Array, dimension: number): Float32Array {
  const count = centers.length / dimension
  const rests = centered(centers, dimension)
  const total = squaredLengths(rests, dimension)
  const enough = negligible * total.reduce((sum, length) => sum + length, 0)
  const most = Math.min(count - 1, mostDirections, Math.floor(dimension / dimensionsPerDirection))
  const basis: Float64Array[] = []
  while (basis.length < most) {
    const lengths = squaredLengths(rests, dimension)
    const rest = lengths.reduce((sum, length) => sum + length, 0)
    if (!(rest > enough && rest < 1e30)) break
    const longest = lengths.indexOf(Math.max(...lengths))
    const direction = rests.slice(longest * dimension, (longest + 1) * dimension)
    for (const other of basis) removePart(direction, 0, other)
    const length = Math.sqrt(squaredLengths(direction, dimension)[0]!)
    if (!(length > 1e-12)) break
    for (let i = 0; i < dimension; i++) direction[i]! /= length
    for (let at = 0; at < rests.length; at += dimension) removePart(rests, at, direction)
    basis.push(direction)
  }
  const flat = new Float32Array(basis.length * dimension)
  for (const [i, direction] of basis.entries()) flat.set(direction, i * dimension)
  return flat
}

function centered(centers: Float32Array, dimension: number): Float64Array {
  const count = centers.length / dimension
  const mean = new Float64Array(dimension)
  for (let at = 0; at < centers.length; at++) mean[at % dimension]! += centers[at]! / count
  return Float64Array.from(centers, (value, at) => value - mean[at % dimension]!)
}

function squaredLengths(vectors: Float64Array, dimension: number): number[] {
  return Array.from({ length: vectors.length / dimension }, (_, row) => {
    let sum = 0
    for (let at = row * dimension; at < (row + 1) * dimension; at++) sum += vectors[at]! ** 2
    return sum
  })
}

/** Takes from the vector at place `at` its part along a direction of unit length. */
function removePart(vectors: Float64Array, at: number, direction: Float64Array): void {
  let dot = 0
  for (let i = 0; i < direction.length; i++) dot += vectors[at + i]! * direction[i]!
  for (let i = 0; i < direction.length; i++) vectors[at + i]! -= dot * direction[i]!
}
