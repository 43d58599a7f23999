import type { Progress } from '@mode-ood/command'
import { createAtlas } from './atlas.ts'
import type { Evaluation } from './evaluate.ts'

export interface ViewerOptions {
  readonly pictures: boolean
  readonly progress: Progress
}

/** What the viewer reads beside results and scores, by the names of the files. */
export async function viewerFiles(
  { results, sets }: Evaluation,
  { pictures, progress }: ViewerOptions,
): Promise<Map<string, Uint8Array | string>> {
  if (!pictures) return new Map()
  const tests = [sets.id, ...sets.ood].filter(({ images }) => images !== null)
  if (tests.length === 0) return new Map()
  const pictured = tests.map((features) => ({ features, rows: null }))
  const total = pictured.reduce((sum, { features }) => sum + features.count, 0)
  progress.start('pictures for the viewer', total)
  const files = await createAtlas(pictured, results.model.inputSize, (count) => progress.advance(count))
  progress.finish(`${total} images`)
  return files
}
