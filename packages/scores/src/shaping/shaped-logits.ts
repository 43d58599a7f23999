import { createMatrix, InvalidInputError, matrixRow, type Head, type Matrix } from '@mode-ood/core'
import type { Shaping } from './shaping.ts'

/**
 * The logits of shaped activations: computed in float64, given as float32 like a model's own.
 *
 * @throws InvalidInputError when they are too large for float32.
 */
export function shapedLogits(
  name: string,
  { embedding, head }: { readonly embedding: Matrix; readonly head: Head },
  shaping: Shaping,
  state: unknown,
): Matrix {
  const used = shaping.head?.(head, state) ?? head
  const logits = createMatrix(embedding.rows, used.weight.rows)
  const activations = new Float64Array(embedding.columns)
  for (let row = 0; row < embedding.rows; row++) {
    activations.set(matrixRow(embedding, row))
    shaping.reshape?.(activations, state)
    applyHead(activations, used, matrixRow(logits, row))
  }
  const bad = logits.data.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return logits
  throw new InvalidInputError(
    `score "${name}": shaping by ${shaping.name} makes the logits of image ${Math.floor(bad / logits.columns)} too large for float32`,
  )
}

/** weight · activations + bias, four classes at once. */
function applyHead(activations: Float64Array, { weight, bias }: Head, logits: Float32Array): void {
  const { rows: classes, columns, data } = weight
  let c = 0
  for (; c + 4 <= classes; c += 4) {
    const [row0, row1, row2, row3] = [c * columns, (c + 1) * columns, (c + 2) * columns, (c + 3) * columns]
    let s0 = bias[c]!
    let s1 = bias[c + 1]!
    let s2 = bias[c + 2]!
    let s3 = bias[c + 3]!
    for (let i = 0; i < columns; i++) {
      const a = activations[i]!
      s0 += a * data[row0 + i]!
      s1 += a * data[row1 + i]!
      s2 += a * data[row2 + i]!
      s3 += a * data[row3 + i]!
    }
    logits[c] = s0
    logits[c + 1] = s1
    logits[c + 2] = s2
    logits[c + 3] = s3
  }
  for (; c < classes; c++) {
    let sum = bias[c]!
    for (let i = 0; i < columns; i++) sum += activations[i]! * data[c * columns + i]!
    logits[c] = sum
  }
}
