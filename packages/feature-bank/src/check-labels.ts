import { InvalidInputError } from '@mode-ood/core'

/** Refuses labels that are not one a vector. */
export function checkLabels(rows: number, labels: Int32Array | undefined): void {
  if (labels && labels.length !== rows) {
    throw new InvalidInputError(`${rows} vectors need ${rows} labels, but ${labels.length} were given`)
  }
}
