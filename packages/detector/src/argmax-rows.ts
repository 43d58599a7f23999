import { matrixRow, type Matrix } from '@mode-ood/core'

/** The class of the largest logit of every row; of equal ones the lowest. */
export function argmaxRows(logits: Matrix): Int32Array {
  return Int32Array.from({ length: logits.rows }, (_, i) => {
    const row = matrixRow(logits, i)
    let best = 0
    for (let c = 1; c < row.length; c++) if (row[c]! > row[best]!) best = c
    return best
  })
}
