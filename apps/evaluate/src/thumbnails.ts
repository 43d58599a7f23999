import type { ThumbnailStrip } from '@mode-ood/report'
import sharp from 'sharp'
import type { EvaluatedSets, Evaluation } from './evaluate.ts'
import type { Features } from './features.ts'

/** Images of every strip, from the most in- to the most out-of-distribution. */
const stripLength = 14
const pixels = 64

interface Candidate {
  readonly features: Features
  readonly row: number
  readonly score: number
}

/**
 * For every score a strip of images at evenly spaced ranks among all test images, read again from their files; none where the
 * model's outputs were given instead of images.
 */
export async function createThumbnails({ scored, sets }: Evaluation): Promise<ThumbnailStrip[]> {
  if ([sets.id, ...sets.ood].some(({ images }) => images === null)) return []
  const indices = await positions(sets)
  const made = new Map<string, Promise<string>>()
  // Many scores rank the same images; each is read and made smaller once.
  const once = (features: Features, index: number): Promise<string> => {
    const key = `${features.dataset.name}/${index}`
    const uri = made.get(key) ?? thumbnail(features, index)
    made.set(key, uri)
    return uri
  }
  const strips: ThumbnailStrip[] = []
  for (const [score, { id, ood }] of scored) {
    const candidates = [sets.id, ...sets.ood].flatMap((features) => {
      const scores = features === sets.id ? id : ood.get(features.dataset.name)!
      return [...scores].map((value, row): Candidate => ({ features, row, score: value }))
    })
    candidates.sort((a, b) => b.score - a.score)
    const count = Math.min(stripLength, candidates.length)
    const ranks = Array.from({ length: count }, (_, i) =>
      Math.round((i * (candidates.length - 1)) / Math.max(1, count - 1)),
    )
    const images: ThumbnailStrip['images'][number][] = []
    for (const rank of ranks) {
      const { features, row, score: value } = candidates[rank]!
      const index = indices.get(features)![row]!
      const label = features.dataset.describe(index)
      images.push({ dataUri: await once(features, index), label, score: value, set: features.dataset.name })
    }
    strips.push({ score, images })
  }
  return strips
}

/** Where each scored row stands in its set: skipped images and `--limit` leave gaps. */
async function positions(sets: EvaluatedSets): Promise<Map<Features, number[]>> {
  const all = new Map<Features, number[]>()
  for (const features of [sets.id, ...sets.ood]) {
    const rows: number[] = []
    for await (const batch of features.batches()) rows.push(...batch.indices)
    all.set(features, rows)
  }
  return all
}

async function thumbnail(features: Features, index: number): Promise<string> {
  for await (const { height, width, data } of features.images!.batches({ batchSize: 1, indices: [index] })) {
    const image = sharp(data, { raw: { width, height, channels: 3 } })
    const kernel = width < pixels ? 'nearest' : 'lanczos3'
    const encoded = await image.resize(pixels, pixels, { kernel }).webp({ quality: 85 }).toBuffer()
    return `data:image/webp;base64,${encoded.toString('base64')}`
  }
  return ''
}
