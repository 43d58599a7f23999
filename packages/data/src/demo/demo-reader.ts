import { createHash } from 'node:crypto'
import { InvalidOptionError } from '@mode-ood/core'
import sharp from 'sharp'
import type { ImageReader, ReadOptions } from '../create-dataset.ts'
import type { ImageBatch } from '../dataset.ts'
import { demoSets, type DemoSetName } from './demo-sets.ts'
import { drawImages, type Drawing, imageFragment, variantOf } from './draw-images.ts'
import { imageSize } from './draw-sheet.ts'

/** What the configuration of a demo set says. */
export interface DemoOptions {
  /** One of train, test, unseen-objects, foreign-part, textures, digits, noise. */
  readonly set: string
  /** Images in the set; each set has its own default. The first ones do not depend on how many there are. */
  readonly count?: number | undefined
  /** Another seed gives other images of the same kinds. */
  readonly seed?: number | undefined
}

/** Images that the content hash looks at. */
const hashedImages = 64

/**
 * The reader behind `openDemo`: it draws instead of reading.
 *
 * @throws InvalidOptionError for an unknown set, a count or seed that is not a whole number, or another image size than 32.
 */
export function createDemoReader(
  options: DemoOptions,
  { name, imageSize: wantedSize = imageSize }: { readonly name: string; readonly imageSize?: number | undefined },
): ImageReader {
  const { set: setName, seed = 0 } = options
  if (!Object.hasOwn(demoSets, setName)) {
    const known = Object.keys(demoSets).join(', ')
    throw new InvalidOptionError(`dataset "${name}": the demo has no set "${setName}", choose one of ${known}`)
  }
  const set = demoSets[setName as DemoSetName]
  const { count = set.count } = options
  if (!Number.isInteger(count) || count < 1) {
    throw new InvalidOptionError(`dataset "${name}": count must be a positive integer, not ${count}`)
  }
  if (!Number.isInteger(seed)) throw new InvalidOptionError(`dataset "${name}": seed must be an integer, not ${seed}`)
  if (wantedSize !== imageSize) {
    throw new InvalidOptionError(
      `dataset "${name}": demo images are ${imageSize} x ${imageSize}, but the model takes ${wantedSize} x ${wantedSize}`,
    )
  }
  const drawing: Drawing = { set, name: setName, seed }
  const variants = Object.keys(set.variants)
  return {
    name,
    count,
    height: imageSize,
    width: imageSize,
    classes: set.labelled ? variants : null,
    labelled: set.labelled,
    describe: (index) => `${setName}#${index} (${variants[variantOf(set, index)]})`,
    contentHash: async () => hashContent(drawing, count),
    read: (positions, readOptions) => drawBatches(drawing, positions, readOptions),
  }
}

async function* drawBatches(
  drawing: Drawing,
  positions: Int32Array,
  { batchSize, signal }: ReadOptions,
): AsyncGenerator<ImageBatch> {
  const images = drawImages(drawing, positions)
  for (let start = 0; start < positions.length; start += batchSize) {
    const indices = positions.slice(start, start + batchSize)
    const data = new Uint8Array(indices.length * imageSize * imageSize * 3)
    for (let i = 0; i < indices.length; i++) {
      signal.throwIfAborted()
      data.set((await images.next()).value!, i * imageSize * imageSize * 3)
    }
    const labels = drawing.set.labelled ? indices.map((index) => variantOf(drawing.set, index)) : null
    yield { count: indices.length, height: imageSize, width: imageSize, data, labels, indices }
  }
}

/** The drawing of the first images stands for the code that draws: whoever changes it need not remember a version. */
function hashContent(drawing: Drawing, count: number): string {
  const { sharp: sharpVersion, vips, rsvg } = sharp.versions
  const hash = createHash('sha256').update(
    JSON.stringify([drawing.name, drawing.seed, count, sharpVersion, vips, rsvg]),
  )
  for (let i = 0; i < Math.min(count, hashedImages); i++) hash.update(imageFragment(drawing, i))
  return hash.digest('hex')
}
