import { InvalidInputError, InvalidOptionError, type Head, type Matrix, type TrainingData } from '@mode-ood/core'
import { minimumNormSolution } from '../linear-algebra/minimum-norm-solution.ts'
import { symmetricEigen } from '../linear-algebra/symmetric-eigen.ts'
import { createScatter } from './scatter.ts'

/** Where training embeddings hardly go. */
export interface NullSpace {
  /** The point u = -pinv(W) b, at which all logits are as near to 0 as they can be. */
  readonly origin: Float64Array
  /** An orthonormal basis, one vector a row: the eigenvectors of E[(z - u)(z - u)ᵀ] of smallest eigenvalue. */
  readonly basis: Float64Array
  /** D, the dimensions of the principal space, which are left out of the basis. */
  readonly principal: number
}

/** D where it is not given: 256 of 512 dimensions, 1000 of 2048, half of others. */
const defaultPrincipal = (dimension: number): number => (dimension === 2048 ? 1000 : Math.floor(dimension / 2))

/**
 * The null space beyond the D principal dimensions of the training embeddings about u, for the score called `name`; one pass.
 *
 * Cost: dimension² / 2 an image, and an eigendecomposition.
 *
 * @throws InvalidOptionError unless 0 < D < dimension, InvalidInputError when there are no images.
 */
export async function fitNullSpace(
  name: string,
  training: TrainingData<'embedding' | 'head'>,
  principal: number | undefined,
): Promise<NullSpace> {
  let space: { origin: Float64Array; scatter: ReturnType<typeof createScatter> } | undefined
  for await (const { embedding, head } of training) {
    space ??= { origin: originOf(head), scatter: createScatter(embedding.columns) }
    const { origin, scatter } = space
    checkPrincipal(name, principal, origin.length)
    const x = new Float64Array(origin.length)
    for (let row = 0; row < embedding.rows; row++) {
      for (let i = 0; i < x.length; i++) x[i] = embedding.data[row * x.length + i]! - origin[i]!
      scatter.add(x)
    }
  }
  if (!space) throw new InvalidInputError(`score "${name}" learns from training images, and there are none`)
  const { origin, scatter } = space
  const left = principal ?? defaultPrincipal(origin.length)
  const { vectors } = symmetricEigen(scatter.sum(), origin.length, origin.length - left)
  return { origin, basis: vectors, principal: left }
}

/** |N'(z - u)| of every embedding: the length of what lies in the null space. */
export function residualNorms(name: string, { origin, basis }: NullSpace, embedding: Matrix): Float64Array {
  const dimension = origin.length
  if (embedding.columns !== dimension) {
    throw new InvalidInputError(
      `score "${name}" was fitted on embeddings of ${dimension} numbers, but got ${embedding.columns}`,
    )
  }
  const x = new Float64Array(4 * dimension)
  const norms = new Float64Array(embedding.rows)
  for (let start = 0; start < embedding.rows; start += 4) {
    const count = Math.min(4, embedding.rows - start)
    x.fill(0)
    for (let at = 0; at < count * dimension; at++) {
      x[at] = embedding.data[start * dimension + at]! - origin[at % dimension]!
    }
    norms.set(projectedNorms(basis, dimension, x).subarray(0, count), start)
  }
  return norms
}

/** The lengths of four vectors projected on the basis. */
function projectedNorms(basis: Float64Array, dimension: number, x: Float64Array): Float64Array {
  const squares = new Float64Array(4)
  const [row1, row2, row3] = [dimension, 2 * dimension, 3 * dimension]
  for (let start = 0; start < basis.length; start += dimension) {
    let s0 = 0
    let s1 = 0
    let s2 = 0
    let s3 = 0
    for (let i = 0; i < dimension; i++) {
      const b = basis[start + i]!
      s0 += b * x[i]!
      s1 += b * x[row1 + i]!
      s2 += b * x[row2 + i]!
      s3 += b * x[row3 + i]!
    }
    squares[0]! += s0 * s0
    squares[1]! += s1 * s1
    squares[2]! += s2 * s2
    squares[3]! += s3 * s3
  }
  return squares.map(Math.sqrt)
}

function originOf(head: Head): Float64Array {
  return minimumNormSolution(head).map((value) => 0 - value)
}

function checkPrincipal(name: string, principal: number | undefined, dimension: number): void {
  const given = principal ?? defaultPrincipal(dimension)
  if (given > 0 && given < dimension) return
  throw new InvalidOptionError(
    `score "${name}": option "dimension" is ${given} and must be above 0 and below ${dimension}, the length of the embedding, or the null space is empty`,
  )
}
