import { InvalidInputError } from '@mode-ood/core'
import * as tf from '@tensorflow/tfjs-core'
import { aggregate, aggregateSlope } from './aggregation.ts'
import { checkOptions, chunkSize, type AlpaLossOptions } from './alpa-options.ts'
import type { AlpaProjections } from './alpa-projections.ts'
import { attentionCosines, attentionGradient } from './attention.ts'
import { gridPooling } from './pool-to-grid.ts'
import { project, projectGradient } from './project.ts'

const roles = ['query', 'key', 'value'] as const

/** The similarity of all pairs of images, with its gradient in closed form. */
export interface Similarity {
  /** The map and the six matrices, in the order in which gradients come. */
  readonly inputs: readonly tf.Tensor[]
  /** S [N, N], and what the gradient needs beside it. */
  forward(inputs: readonly tf.Tensor[]): { similarity: tf.Tensor2D; kept: tf.Tensor[] }
  /** The gradients of the inputs from that of S. */
  backward(similarityGradient: tf.Tensor2D, kept: readonly tf.Tensor[]): tf.Tensor[]
}

/** @throws InvalidInputError for shapes that do not fit, InvalidOptionError for options. */
export function createSimilarity(map: tf.Tensor4D, projections: AlpaProjections, options: AlpaLossOptions): Similarity {
  checkOptions(options)
  checkShapes(map, projections)
  const { aggregation = 'mean', grid = Number.POSITIVE_INFINITY } = options
  const [images] = map.shape
  const { positions, pool, unpool } = gridPooling(map.shape, grid)
  const chunk = chunkSize(options, images, positions)
  const size = { images, positions }
  return {
    inputs: [map, ...roles.flatMap((role) => [projections[role].w1, projections[role].w2])],
    forward(inputs) {
      const x = pool(inputs[0] as tf.Tensor4D)
      const projected = roles.map((_, i) => project(x, matricesOf(inputs, i)))
      const [query, key, value] = projected.map(({ output }) => output) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]
      const cosines = bothDirections(attentionCosines({ query, key, value, ...size }, chunk), images, positions)
      const kept = [x, ...projected.flatMap(({ hidden, output }) => [hidden, output]), cosines, ...inputs.slice(1)]
      return { similarity: aggregate(cosines, aggregation), kept }
    },
    backward(similarityGradient, kept) {
      const [x, ...rest] = kept as tf.Tensor2D[]
      const [queryHidden, query, keyHidden, key, valueHidden, value] = rest as Six
      const cosines = kept[7] as tf.Tensor3D
      const symmetric = tf.expandDims(tf.add(similarityGradient, tf.transpose(similarityGradient)), 1)
      const cosineGradient = tf.mul(aggregateSlope(cosines, aggregation), symmetric)
      const rows = tf.reshape(cosineGradient, [images * positions, images]) as tf.Tensor2D
      const gradient = attentionGradient({ query, key, value, ...size }, rows, chunk)
      const hidden = [queryHidden, keyHidden, valueHidden]
      const all = roles.map((role, i) => projectGradient(x!, matricesOf(kept.slice(7), i), hidden[i]!, gradient[role]))
      const ofMap = unpool(tf.addN(all.map((one) => one.x)))
      return [ofMap, ...all.flatMap(({ w1, w2 }) => [w1, w2])]
    },
  }
}

type Six = [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]

/** The matrices of the i-th projection behind one other tensor. */
function matricesOf(tensors: readonly tf.Tensor[], i: number): { w1: tf.Tensor2D; w2: tf.Tensor2D } {
  return { w1: tensors[1 + 2 * i] as tf.Tensor2D, w2: tensors[2 + 2 * i] as tf.Tensor2D }
}

/** cos_ij[r] + cos_ji[r] from cos_ij[r], [images, positions, images]. */
function bothDirections(cosines: tf.Tensor2D, images: number, positions: number): tf.Tensor3D {
  const asked = tf.reshape(cosines, [images, positions, images])
  return tf.add<tf.Tensor3D>(asked, tf.transpose(asked, [2, 1, 0]))
}

function checkShapes({ shape }: tf.Tensor4D, projections: AlpaProjections): void {
  if (shape.length !== 4 || shape.includes(0)) {
    throw new InvalidInputError(
      `the feature map is [${shape.join(', ')}], expected [images, height, width, channels], none of them 0`,
    )
  }
  const channels = shape[3]
  const dimension = projections.query.w2.shape[1]
  for (const role of roles) {
    const { w1, w2 } = projections[role]
    const found = [...w1.shape, ...w2.shape]
    if (found.length === 4 && found.every((extent, i) => extent === (i < 3 ? channels : dimension))) continue
    throw new InvalidInputError(
      `the ${role} projection is [${w1.shape.join(', ')}] then [${w2.shape.join(', ')}], expected [${channels}, ${channels}] then [${channels}, ${dimension}] for a map of ${channels} channels`,
    )
  }
}
