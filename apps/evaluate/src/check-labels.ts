import { InvalidInputError } from '@mode-ood/core'
import type { Dataset } from '@mode-ood/data'

/** @throws InvalidInputError naming the first image whose label is no class of the model. */
export function checkLabels(
  dataset: Pick<Dataset, 'name' | 'describe'>,
  { labels, indices }: { readonly labels: Int32Array; readonly indices: Int32Array },
  classes: number,
): void {
  const i = labels.findIndex((label) => label < 0 || label >= classes)
  if (i < 0) return
  const image = `${dataset.name} (${dataset.describe(indices[i]!)})`
  throw new InvalidInputError(
    `${image} has the label ${labels[i]}, but the model has ${classes} classes, 0 to ${classes - 1}`,
  )
}
