import type { Progress } from '@mode-ood/command'
import { createAtlas, type Pictured } from './atlas.ts'
import type { LoadedConfiguration } from './configuration.ts'
import type { Evaluation } from './evaluate.ts'
import { explain } from './explain.ts'
import { explainedScore } from './explained-score.ts'

export interface ViewerOptions {
  readonly pictures: boolean
  readonly explain: boolean
  readonly threads: number | null
  readonly progress: Progress
}

/** What the viewer reads beside results and scores, by the names of the files. */
export async function viewerFiles(
  evaluation: Evaluation,
  loaded: LoadedConfiguration,
  options: ViewerOptions,
): Promise<Map<string, Uint8Array | string>> {
  const { results, sets } = evaluation
  const { progress } = options
  const files = new Map<string, Uint8Array | string>()
  const pictured: Pictured[] = [sets.id, ...sets.ood]
    .filter(({ images }) => images !== null)
    .map((features) => ({ features, rows: null }))
  const explained = options.explain ? explainedScore(results.scores) : -1
  if (options.explain && explained < 0) progress.say('csd was left out: there is nothing to explain')
  if (explained >= 0) {
    const { file, trainingRows } = await explain(evaluation, explained, loaded, options)
    files.set('explanation.safetensors', file)
    pictured.push({ features: sets.train!, rows: trainingRows })
  }
  if (!options.pictures || pictured.length === 0) return files
  const total = pictured.reduce((sum, { features, rows }) => sum + (rows?.length ?? features.count), 0)
  progress.start('pictures for the viewer', total)
  const atlas = await createAtlas(pictured, results.model.inputSize, (count) => progress.advance(count))
  progress.finish(`${total} images`)
  return new Map([...files, ...atlas])
}
