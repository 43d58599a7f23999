import { blameFile, type Progress } from '@mode-ood/command'
import type { FeatureBank, Tensor } from '@mode-ood/core'
import { openModel, type Model } from '@mode-ood/inference'
import { viewWindows } from '@mode-ood/csd'
import type { LoadedConfiguration } from './configuration.ts'
import type { NetworkConfiguration } from './configuration-schema.ts'
import type { Features } from './features.ts'
import { positions } from './atlas.ts'
import { modelOptions } from './model-options.ts'
import { slidingOf, slidingWindows } from './sliding-windows.ts'
import { spread } from './spread.ts'

/** Images that get a heat map; of more, so many spread evenly over all sets. */
const mostMaps = 3000
const batchSize = 64

export interface HeatMaps {
  /** `heatRows` I32 [maps], ascending; `heat` F32 [maps, rows, columns]. */
  readonly tensors: ReadonlyMap<string, Tensor>
  /** Sizes of the feature map and of the window, in positions; `windows`: the views' parts of the map, as JSON. */
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * The squared distance to the k-th neighbour of a quadrant-sized window at every place of an image's feature map. Images are run
 * through the network again, since maps are too large to keep.
 */
export async function heatMaps(
  tests: readonly Features[],
  bank: FeatureBank,
  k: number,
  { configuration, directory, file }: LoadedConfiguration,
  { threads, progress }: { readonly threads: number | null; readonly progress: Progress },
): Promise<HeatMaps> {
  const total = tests.reduce((sum, { count }) => sum + count, 0)
  const rows = spread(total, Math.min(total, mostMaps))
  const network = configuration.model as NetworkConfiguration
  const model = (await blameFile(file, () => openModel(modelOptions(network, directory, threads)))) as Model
  progress.start('heat maps', rows.length)
  const parts: Float64Array[] = []
  let size = { height: 1, width: 1 }
  try {
    let first = 0
    for (const features of tests) {
      const own = rows.filter((row) => row >= first && row < first + features.count).map((row) => row - first)
      first += features.count
      if (own.length === 0) continue
      const indices = await positions(features, own)
      for await (const batch of features.images!.batches({ batchSize, indices })) {
        const images = { ...batch, normalization: { mean: network.mean, std: network.std } }
        const { featureMap } = await model.run(images, { outputs: ['featureMap'] })
        size = featureMap
        parts.push(await bank.kthDistance(slidingWindows(featureMap), k))
        progress.advance(batch.count)
      }
    }
  } finally {
    await model.close()
  }
  progress.finish(`${rows.length} images`)
  return describe(rows, parts, size)
}

function describe(
  heatRows: readonly number[],
  parts: readonly Float64Array[],
  { height, width }: { readonly height: number; readonly width: number },
): HeatMaps {
  const { windowHeight, windowWidth, rows, columns } = slidingOf(height, width)
  const heat = new Float32Array(heatRows.length * rows * columns)
  let at = 0
  for (const part of parts) {
    heat.set(part, at)
    at += part.length
  }
  const sizes = { mapHeight: height, mapWidth: width, windowHeight, windowWidth }
  const windows = JSON.stringify(viewWindows(height, width))
  return {
    tensors: new Map<string, Tensor>([
      ['heatRows', { dtype: 'I32', shape: [heatRows.length], data: Int32Array.from(heatRows) }],
      ['heat', { dtype: 'F32', shape: [heatRows.length, rows, columns], data: heat }],
    ]),
    metadata: { windows, ...Object.fromEntries(Object.entries(sizes).map(([name, value]) => [name, String(value)])) },
  }
}
