import { join } from 'node:path'
import { writeWhole } from '@mode-ood/command'
import type { Tensor } from '@mode-ood/core'
import { renderCsv, renderReport, type ThumbnailStrip } from '@mode-ood/report'
import { writeSafetensors } from '@mode-ood/safetensors'
import type { Evaluation } from './evaluate.ts'

/**
 * Writes results.json, results.csv, report.html and scores.safetensors; each appears whole or not at all. `removeAtEnd` is
 * told where they are written before they are moved to their places.
 *
 * @throws InvalidFileError when one cannot be written.
 */
export async function writeOutputs(
  directory: string,
  { results, scored }: Evaluation,
  thumbnails: ThumbnailStrip[],
  removeAtEnd: (path: string) => void,
): Promise<void> {
  const report = await renderReport(results, { scores: scored }, { thumbnails })
  const files: [string, string | Uint8Array][] = [
    ['scores.safetensors', writeSafetensors(rawScores(scored))],
    ['results.csv', renderCsv(results)],
    ['report.html', report],
    ['results.json', `${JSON.stringify(results, null, 2)}\n`],
  ]
  for (const [name, content] of files) await writeWhole(join(directory, name), content, removeAtEnd)
}

/** Float64 [images] under `SCORE/id` and `SCORE/ood/SET`. */
function rawScores(scored: Evaluation['scored']): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  const add = (name: string, data: Float64Array) => tensors.set(name, { dtype: 'F64', shape: [data.length], data })
  for (const [label, { id, ood }] of scored) {
    add(`${label}/id`, id)
    for (const [set, scores] of ood) add(`${label}/ood/${set}`, scores)
  }
  return tensors
}
