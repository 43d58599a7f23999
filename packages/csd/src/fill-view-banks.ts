import type { TrainingData } from '@mode-ood/core'
import { createFeatureBank } from '@mode-ood/feature-bank'
import { allViews, oneView, type ViewBanks } from './view-banks.ts'

/**
 * Puts the views of all training images in one bank, or in one bank a view.
 *
 * @returns the banks, which the caller closes, and the number of images in them.
 */
export async function fillViewBanks(
  training: TrainingData<'views'>,
  kind: 'shared' | 'per-view' = 'shared',
): Promise<ViewBanks & { readonly images: number }> {
  const banks = [await createFeatureBank()]
  let images = 0
  for await (const { views, labels } of training) {
    images += views.count
    if (kind === 'shared') {
      await banks[0]!.add(allViews(views), repeat(labels, views.views))
      continue
    }
    while (banks.length < views.views) banks.push(await createFeatureBank())
    for (const [view, bank] of banks.entries()) await bank.add(oneView(views, view), labels)
  }
  return kind === 'per-view' ? { banks, images } : { bank: banks[0]!, images }
}

function repeat(labels: Int32Array, times: number): Int32Array {
  return Int32Array.from({ length: labels.length * times }, (_, i) => labels[Math.floor(i / times)]!)
}
