import { InvalidInputError, type Need, type TrainingBatch, type TrainingData } from '@mode-ood/core'

/**
 * The same training data, for a score that goes through them several times: a pass that gives other than the first one's number
 * of images is an error instead of a wrong result.
 */
export function repeatable<N extends Need>(name: string, training: TrainingData<N>): AsyncIterable<TrainingBatch<N>> {
  let expected: number | undefined
  return {
    async *[Symbol.asyncIterator]() {
      let count = 0
      for await (const batch of training) {
        count += batch.labels.length
        yield batch
      }
      expected ??= count
      if (count === expected) return
      throw new InvalidInputError(
        `score "${name}" goes through the training images more than once, but they were ${expected} at first and ${count} later: give data that can be iterated again`,
      )
    },
  }
}
