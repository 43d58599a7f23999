import type { Matrix } from './matrix.ts'

/** Feature maps of `count` images, channels last: [count, height, width, channels]. */
export interface FeatureMap {
  readonly count: number
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly data: Float32Array
}

/** Several unit-length vectors an image: [count, views, dimension]. */
export interface Views {
  readonly count: number
  readonly views: number
  readonly dimension: number
  readonly data: Float32Array
}

/** The final linear layer: logits = weight · embedding + bias; `weight` is [classes, dimension]. */
export interface Head {
  readonly weight: Matrix
  readonly bias: Float32Array
}

/** What a model says about a batch of images; row i of everything but `head` belongs to image i. */
export interface ModelOutputs {
  /** Before softmax, [count, classes]. */
  readonly logits: Matrix
  /** The pooled activations that enter the head, [count, dimension]; not normalised. */
  readonly embedding: Matrix
  /** The multi-scale vectors of the last feature map, each of unit length. */
  readonly views: Views
  readonly head: Head
}

/** A batch of images, channels last and normalised for the model: [count, height, width, 3]. */
export interface Images {
  readonly count: number
  readonly height: number
  readonly width: number
  readonly data: Float32Array
}
