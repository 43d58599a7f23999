import { matchScores, parseResults, type LabelledResult, type Results } from '@mode-ood/report'
import { loadExplanation, type Explanation } from './explanation.ts'
import { loadAtlas, type Atlas } from './atlas.ts'
import { createSortedScores, type SortedScores } from './sorted-scores.ts'
import { readTensors } from './read-tensors.ts'
import type { RunSource } from './run-source.ts'

/** An evaluation, ready to be looked at. */
export interface Run {
  readonly name: string
  readonly results: Results
  readonly scores: readonly LabelledResult[]
  readonly sorted: SortedScores
  /** Null when the run keeps no images. */
  readonly atlas: Atlas | null
  /** Null when the run was not explained. */
  readonly explanation: Explanation | null
}

/** @throws Error, in a sentence for a person, when a file is missing, damaged, or does not belong to the others. */
export async function loadRun(source: RunSource): Promise<Run> {
  const files = ['results.json', 'scores.safetensors', 'images.json', 'explanation.safetensors'] as const
  const [json, raw, images, explained] = await Promise.all(files.map((file) => source.read(file)))
  if (!json) throw new Error(`${source.name} has no results.json`)
  if (!raw) throw new Error(`${source.name} has no scores.safetensors: run the evaluation again`)
  const results = parseResults(new TextDecoder().decode(json), `${source.name}/results.json`)
  const scores = matchScores(results, { scores: rawScores(results, raw, source.name) })
  return {
    name: source.name,
    results,
    scores,
    sorted: createSortedScores(scores),
    atlas: images ? loadAtlas(images, source) : null,
    explanation: explained ? loadExplanation(explained, source.name) : null,
  }
}

function rawScores(results: Results, bytes: Uint8Array, name: string) {
  const { tensors } = readTensors(bytes, `${name}/scores.safetensors`)
  const labels = new Set([...tensors.keys()].filter((key) => key.endsWith('/id')).map((key) => key.slice(0, -3)))
  const numbers = (key: string) => Float64Array.from((tensors.get(key)?.data as Float64Array | undefined) ?? [])
  return new Map(
    [...labels].map((label) => {
      const ood = new Map(results.ood.map((set) => [set.name, numbers(`${label}/ood/${set.name}`)]))
      return [label, { id: numbers(`${label}/id`), ood }] as const
    }),
  )
}
