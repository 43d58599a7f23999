import * as tf from '@tensorflow/tfjs-core'

/** Queries, keys and values [images · positions, dimension], the positions of an image in a row. */
export interface Attention {
  readonly query: tf.Tensor2D
  readonly key: tf.Tensor2D
  readonly value: tf.Tensor2D
  readonly images: number
  readonly positions: number
}

/** What all chunks of images share. */
interface Shared extends Attention {
  readonly keyColumns: tf.Tensor2D
  readonly valueColumns: tf.Tensor2D
  /** Values of unit length and their lengths; a zero value stays zero. */
  readonly unit: tf.Tensor2D
  readonly norms: tf.Tensor2D
  /** v_j v_jᵀ of every image, [images, positions, positions]. */
  readonly gram: tf.Tensor3D
}

/** Images i to i + count, whose positions ask, and what they get from all images j; tensors [rows, images(, positions)]. */
interface Chunk {
  readonly queries: tf.Tensor2D
  readonly units: tf.Tensor2D
  /** exp(z - max z): attention without its normaliser, which cancels in a cosine. */
  readonly weights: tf.Tensor3D
  /** Inner products of unit values with all values. */
  readonly inner: tf.Tensor3D
  /** weights · gram, so that |aligned value|² = Σ weights · spread. */
  readonly spread: tf.Tensor3D
  readonly numerator: tf.Tensor2D
  readonly squaredLength: tf.Tensor2D
}

const smallestNorm = 1e-12
const smallestSquare = 1e-16

/**
 * The cosine of every position's value with the values of every other image aligned to it,
 * cos(v_i^r, Σ_s softmax_s(q_i^r · k_j^s / sqrt(e)) v_j^s), as [images · positions, images].
 *
 * @param chunk images whose positions are computed at once; memory is about six times chunk · images · positions² floats.
 */
export function attentionCosines(attention: Attention, chunk: number): tf.Tensor2D {
  return tf.tidy(() => {
    const shared = share(attention)
    const parts = chunksOf(attention.images, chunk).map(([from, count]) =>
      tf.tidy(() => {
        const { numerator, squaredLength } = computeChunk(shared, from, count)
        return tf.mul(numerator, tf.rsqrt(tf.maximum(squaredLength, smallestSquare)))
      }),
    )
    return tf.concat(parts as tf.Tensor2D[], 0)
  })
}

/**
 * The gradients of queries, keys and values from that of the cosines, recomputing chunk by chunk what the cosines were made
 * from. Where a cosine is not defined, because a value or what aligns with it is zero, its gradient is zero.
 */
export function attentionGradient(
  attention: Attention,
  cosineGradient: tf.Tensor2D,
  chunk: number,
): Pick<Attention, 'query' | 'key' | 'value'> {
  return tf.tidy(() => {
    const shared = share(attention)
    const { images, positions, value, key, unit, norms } = shared
    const queryParts: tf.Tensor2D[] = []
    const unitParts: tf.Tensor2D[] = []
    let sums: tf.Tensor[] = [tf.zerosLike(key), tf.zerosLike(value), tf.zerosLike(shared.gram)]
    for (const [from, count] of chunksOf(images, chunk)) {
      const rows = tf.slice(cosineGradient, [from * positions, 0], [count * positions, images])
      const [dQuery, dUnit, ...terms] = tf.tidy(() => chunkGradient(shared, computeChunk(shared, from, count), rows))
      queryParts.push(dQuery as tf.Tensor2D)
      unitParts.push(dUnit as tf.Tensor2D)
      const next = sums.map((sum, i) => tf.add(sum, terms[i]!))
      tf.dispose([rows, sums, terms])
      sums = next
    }
    const [dKey, dValue, dGram] = sums as [tf.Tensor2D, tf.Tensor2D, tf.Tensor3D]
    const byImage = [images, positions, value.shape[1]] as const
    const throughLength = tf.reshape(tf.matMul(dGram, tf.reshape(value, [...byImage])), value.shape)
    const dUnit = tf.concat(unitParts, 0)
    const across = tf.sub(dUnit, tf.mul(unit, tf.sum(tf.mul(dUnit, unit), 1, true)))
    const isZero = tf.lessEqual(norms, smallestNorm)
    const throughUnit = tf.where(isZero, 0, tf.div(across, norms))
    return {
      query: tf.concat(queryParts, 0),
      key: dKey,
      value: tf.add<tf.Tensor2D>(tf.sub(dValue, throughLength), throughUnit),
    }
  })
}

function share(attention: Attention): Shared {
  const { key, value, images, positions } = attention
  const norms = tf.maximum<tf.Tensor2D>(tf.sqrt(tf.sum(tf.square(value), 1, true)), smallestNorm)
  const byImage = tf.reshape(value, [images, positions, value.shape[1]]) as tf.Tensor3D
  return {
    ...attention,
    keyColumns: tf.transpose(key),
    valueColumns: tf.transpose(value),
    unit: tf.div(value, norms),
    norms,
    gram: tf.matMul(byImage, tf.transpose(byImage, [0, 2, 1])),
  }
}

function computeChunk(shared: Shared, from: number, count: number): Chunk {
  const { images, positions, gram, keyColumns, valueColumns } = shared
  const dimension = shared.query.shape[1]
  const rows = count * positions
  const shape: [number, number, number] = [rows, images, positions]
  const part = (tensor: tf.Tensor2D) => tf.slice(tensor, [from * positions, 0], [rows, dimension])
  const queries = part(shared.query)
  const units = part(shared.unit)
  const z = tf.reshape(tf.mul(tf.matMul(queries, keyColumns), 1 / Math.sqrt(dimension)), shape)
  const weights = tf.exp(tf.sub(z, tf.max(z, 2, true))) as tf.Tensor3D
  const inner = tf.reshape(tf.matMul(units, valueColumns), shape) as tf.Tensor3D
  const spread = swapFirst(tf.matMul(swapFirst(weights), gram))
  return {
    queries,
    units,
    weights,
    inner,
    spread,
    numerator: tf.sum(tf.mul(weights, inner), 2),
    squaredLength: tf.sum(tf.mul(weights, spread), 2),
  }
}

/** Gradients of the chunk's queries and unit values, and its terms of those of keys, values and gram matrices. */
function chunkGradient(shared: Shared, chunk: Chunk, cosineGradient: tf.Tensor2D): tf.Tensor[] {
  const { images, positions, key, value } = shared
  const { queries, units, weights, inner, spread, numerator, squaredLength } = chunk
  const rows = queries.shape[0]
  const isDefined = tf.cast(tf.greater(squaredLength, smallestSquare), 'float32')
  const inverse = tf.mul(tf.rsqrt(tf.maximum(squaredLength, smallestSquare)), isDefined)
  const column = (matrix: tf.Tensor): tf.Tensor => tf.expandDims(matrix, 2)
  const flat = (tensor: tf.Tensor) => tf.reshape(tensor, [rows, images * positions]) as tf.Tensor2D
  const slope = tf.mul(cosineGradient, inverse)
  const along = tf.mul(numerator, tf.square(inverse))
  const ofInner = tf.mul(weights, column(slope))
  const ofScores = tf.div(tf.mul(ofInner, tf.sub(inner, tf.mul(spread, column(along)))), Math.sqrt(queries.shape[1]))
  const [scores, inners] = [flat(ofScores), flat(ofInner)]
  const weighted = tf.mul<tf.Tensor3D>(weights, column(tf.mul(slope, along)))
  return [
    tf.matMul(scores, key),
    tf.matMul(inners, value),
    tf.matMul(tf.transpose(scores), queries),
    tf.matMul(tf.transpose(inners), units),
    tf.matMul(tf.transpose(weights, [1, 2, 0]), swapFirst(weighted)),
  ]
}

/** [a, b, c] → [b, a, c]. */
function swapFirst(tensor: tf.Tensor3D): tf.Tensor3D {
  return tf.transpose(tensor, [1, 0, 2])
}

function chunksOf(images: number, chunk: number): [from: number, count: number][] {
  return Array.from({ length: Math.ceil(images / chunk) }, (_, i) => [i * chunk, Math.min(chunk, images - i * chunk)])
}
