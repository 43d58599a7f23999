import type { Matrix } from '@mode-ood/core'
import { classMeans, overallMean, withinCovariance, type Moments } from './moments.ts'
import { createWhitening, whiten, whitenRows, type Whitening } from './whitening.ts'

/** One Gaussian a class, with a covariance they share. */
export interface ClassGaussians {
  readonly within: Whitening
  /** Whitened means of the classes that have training images, [classes, dimension]. */
  readonly means: Float64Array
}

/** Gaussians about the class means with the pooled within-class covariance; a class of one image has a mean like others. */
export async function fitClassGaussians(name: string, moments: Moments): Promise<ClassGaussians> {
  const within = await createWhitening(name, overallMean(moments), withinCovariance(moments))
  const means = classMeans(moments)
  whitenRows(within, means)
  return { within, means }
}

/** The squared Mahalanobis distance of every embedding to the nearest class mean. */
export function nearestClassDistances(
  name: string,
  { within, means }: ClassGaussians,
  embedding: Matrix,
  form: 'raw' | 'unit',
): Float64Array {
  const { rows, columns, data } = whiten(name, within, embedding, form)
  return Float64Array.from({ length: rows }, (_, row) => {
    let nearest = Number.POSITIVE_INFINITY
    for (let start = 0; start < means.length; start += columns) {
      let sum = 0
      for (let i = 0; i < columns; i++) {
        const gap = data[row * columns + i]! - means[start + i]!
        sum += gap * gap
      }
      nearest = Math.min(nearest, sum)
    }
    return nearest
  })
}
