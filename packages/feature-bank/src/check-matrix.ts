import { InvalidInputError, type Matrix } from '@mode-ood/core'

/**
 * Refuses a matrix whose data do not fit its shape, whose rows have another dimension than the bank's, or that holds
 * NaN or infinity. `what` names it in the error; `dimension` 0 means that any will do.
 */
export function checkMatrix(what: string, { rows, columns, data }: Matrix, dimension: number): void {
  if (data.length !== rows * columns) {
    throw new InvalidInputError(
      `the ${what} are said to be ${rows} x ${columns}, ${rows * columns} values, but ${data.length} were given`,
    )
  }
  if (columns < 1) throw new InvalidInputError(`the ${what} have dimension 0, but at least 1 is needed`)
  if (dimension > 0 && columns !== dimension) {
    throw new InvalidInputError(
      `the ${what} have dimension ${columns}, but the bank holds vectors of dimension ${dimension}`,
    )
  }
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new InvalidInputError(`row ${Math.floor(i / columns)} of the ${what} holds ${data[i]}`)
    }
  }
}
