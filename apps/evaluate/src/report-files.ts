import type { EvaluatedSets } from './evaluate.ts'
import { createAtlas } from './atlas.ts'
import { spread } from './spread.ts'

type Files = ReadonlyMap<string, Uint8Array | string>

/** Pictures that a report carries when a run has more than it can. */
const mostPictures = 1500
/** Bytes of pictures and explanation that a report carries. */
const mostBytes = 2e6

/**
 * What of a run goes into its report. Results and scores always do; pictures and explanation as long as they fit: of a large run a
 * part of the pictures, spread evenly over every set, and no explanation.
 */
export async function reportFiles(files: Files, sets: EvaluatedSets, imageSize: number): Promise<Files> {
  const needed = new Map([...files].filter(([name]) => name === 'results.json' || name === 'scores.safetensors'))
  const extra = [...files].filter(([name]) => name === 'explanation.safetensors' || name.startsWith('images'))
  if (extra.length === 0) return needed
  if (sizeOf(extra) <= mostBytes) return new Map([...needed, ...extra])
  const tests = [sets.id, ...sets.ood]
  const share = Math.min(1, mostPictures / tests.reduce((sum, { count }) => sum + count, 0))
  const pictured = tests.map((features) => ({
    features,
    rows: spread(features.count, Math.ceil(share * features.count)),
  }))
  return new Map([...needed, ...(await createAtlas(pictured, imageSize))])
}

const sizeOf = (files: readonly (readonly [string, Uint8Array | string])[]): number =>
  files.reduce((sum, [, content]) => sum + content.length, 0)
