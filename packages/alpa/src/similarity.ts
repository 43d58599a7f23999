import { InvalidInputError } from '@mode-ood/core'
import * as tf from '@tensorflow/tfjs-core'
import { aggregate, aggregateSlope } from './aggregation.ts'
import { checkOptions, type AlpaLossOptions } from './alpa-options.ts'
import type { AlpaProjections } from './alpa-projections.ts'
import { attentionCosines } from './attention.ts'
import { type Attended, attentionGradient } from './attention-gradient.ts'
import { planBlocks } from './plan-blocks.ts'
import { gridPooling } from './pool-to-grid.ts'
import { partsOfRows, project, projectGradients, type Projection } from './project.ts'

const roles = ['query', 'key', 'value'] as const

/** What the gradient needs of the way there. */
export interface Traces {
  /** Positions as rows [images · positions, E], in parts. */
  readonly x: readonly tf.Tensor2D[]
  readonly projections: readonly Projection[]
  readonly attended: Attended
}

/** The similarity of all pairs of images, with its gradient in closed form. */
export interface Similarity {
  /** The map and the six matrices, in the order in which gradients come. */
  readonly inputs: readonly tf.Tensor[]
  /** S [N, N]. */
  forward(inputs: readonly tf.Tensor[]): { similarity: tf.Tensor2D; traces: Traces }
  /** The gradients of the inputs from that of S. */
  backward(similarityGradient: tf.Tensor2D, traces: Traces): tf.Tensor[]
}

/** @throws InvalidInputError for shapes that do not fit, InvalidOptionError for options. */
export function createSimilarity(map: tf.Tensor4D, projections: AlpaProjections, options: AlpaLossOptions): Similarity {
  checkOptions(options)
  checkShapes(map, projections)
  const { aggregation = 'mean', grid = Number.POSITIVE_INFINITY } = options
  const [images] = map.shape
  const { positions, pool, unpool } = gridPooling(map.shape, grid)
  const plan = planBlocks(images, positions, options)
  const bothDirections = (cosines: tf.Tensor2D) => {
    const oneWay = tf.reshape(cosines, [images, images, positions])
    return tf.add<tf.Tensor3D>(oneWay, tf.transpose(oneWay, [1, 0, 2]))
  }
  return {
    inputs: [map, ...roles.flatMap((role) => [projections[role].w1, projections[role].w2])],
    forward([featureMap, ...matrices]) {
      const x = partsOfRows(pool(featureMap as tf.Tensor4D))
      const projected = roles.map((_, i) => {
        const [w1, w2] = matrices.slice(2 * i) as [tf.Tensor2D, tf.Tensor2D]
        return project(x, { w1, w2 })
      })
      const [query, key, value] = outputsOf(projected)
      const attended = attentionCosines({ query, key, value }, plan)
      const similarity = aggregate(bothDirections(attended.cosines), aggregation)
      return { similarity, traces: { x, projections: projected, attended } }
    },
    backward(similarityGradient, { x, projections: projected, attended }) {
      const { cosines } = attended
      const symmetric = tf.expandDims(tf.add(similarityGradient, tf.transpose(similarityGradient)), 2)
      const ofPairs = tf.mul(aggregateSlope(bothDirections(cosines), aggregation), symmetric)
      const ofCosines = tf.reshape(ofPairs, cosines.shape) as tf.Tensor2D
      const [query, key, value] = outputsOf(projected)
      const ofOutputs = attentionGradient({ query, key, value }, attended, ofCosines, plan)
      const gradients = projectGradients(
        x,
        projected,
        roles.map((role) => ofOutputs[role]),
      )
      return [unpool(gradients.x), ...gradients.matrices.flatMap(({ w1, w2 }) => [w1, w2])]
    },
  }
}

type Outputs = [query: tf.Tensor2D, key: tf.Tensor2D, value: tf.Tensor2D]

function outputsOf(projections: readonly Projection[]): Outputs {
  return projections.map(({ output }) => output) as Outputs
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
