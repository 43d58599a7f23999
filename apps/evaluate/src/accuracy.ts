import { checkLabels } from './check-labels.ts'
import { argmaxRows, type Features } from './features.ts'

/**
 * Share of images whose largest logit is their label's; null when the set has no labels or the model no classifier.
 *
 * @throws InvalidInputError when a label is no class of the model.
 */
export async function accuracy(set: Features): Promise<number | null> {
  if (!set.dataset.labelled || set.classes === 0) return null
  let correct = 0
  for await (const { logits, labels, indices } of set.batches()) {
    const predictions = argmaxRows(logits)
    checkLabels(set.dataset, { labels, indices }, logits.columns)
    for (const [i, label] of labels.entries()) if (predictions[i] === label) correct++
  }
  return correct / set.count
}
