import { createDataset } from '../create-dataset.ts'
import type { Dataset } from '../dataset.ts'
import { createDemoReader, type DemoOptions } from './demo-reader.ts'

/**
 * Opens a set of drawn images, 32 x 32: `train` and `test` show eight kinds of objects in varied pose, colour and clutter
 * and are labelled; `unseen-objects` and `foreign-part` (half of a known object replaced by another's) are near to them,
 * `textures`, `digits` and `noise` far. Nothing is read from disk: image i is a function of set, seed and i, with the same
 * bytes for the same version of sharp.
 *
 * Classes take turns, so the first n images of a set are balanced, whatever n. Drawing takes about a millisecond an image.
 *
 * @throws InvalidOptionError for an unknown set, or a count or seed that is not a whole number.
 * @example
 * const dataset = await openDemo({ set: 'test', count: 100 }, { name: 'test' })
 * for await (const { data, labels } of dataset.batches({ batchSize: 50 })) console.log(data.length, labels) // 153600, …
 */
export async function openDemo(options: DemoOptions, { name }: { readonly name: string }): Promise<Dataset> {
  return createDataset(createDemoReader(options, { name }))
}
