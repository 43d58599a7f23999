import { InvalidFileError, type Head } from '@mode-ood/core'
import type { OutputSet } from './open-output-set.ts'
import { readFloats } from './read-floats.ts'

/** Rows that are compared: another model's head shows in the first. */
const compared = 16
/** Relative to the largest logit; float16 outputs of a network differ by about a tenth of this. */
const tolerance = 0.02

/**
 * Compares logits with what the head makes of the embeddings, for the first images of a set.
 *
 * @throws InvalidFileError where they differ: a head, logits or embeddings of another model, or embeddings that were normalised,
 *   would give numbers that look like any other.
 */
export async function checkHeadFits({ arrays, count }: OutputSet, head: Head, headFile: string): Promise<void> {
  const { logits, embedding } = arrays
  if (!logits || !embedding) return
  const rows = Math.min(compared, count)
  const given = await readFloats(logits, 0, rows)
  const features = await readFloats(embedding, 0, rows)
  const { weight, bias } = head
  const largest = given.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < weight.rows; c++) {
      let sum = bias[c]!
      for (let j = 0; j < weight.columns; j++) {
        sum += weight.data[c * weight.columns + j]! * features[row * weight.columns + j]!
      }
      const logit = given[row * weight.rows + c]!
      // NaN is told later, by its place.
      if (!(Math.abs(sum - logit) > tolerance * largest)) continue
      throw new InvalidFileError(
        logits.name,
        `logit ${c} of image ${row} is ${logit.toPrecision(5)}, but ${headFile} makes ${sum.toPrecision(5)} of the embedding: they are not of one model, or the embedding is not what enters its last layer`,
      )
    }
  }
}
