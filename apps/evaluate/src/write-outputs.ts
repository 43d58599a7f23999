import { basename, join, resolve } from 'node:path'
import { writeWhole } from '@mode-ood/command'
import type { Tensor } from '@mode-ood/core'
import { renderCsv } from '@mode-ood/report'
import { writeSafetensors } from '@mode-ood/safetensors'
import { renderViewer } from '@mode-ood/viewer'
import type { Evaluation } from './evaluate.ts'
import { reportFiles } from './report-files.ts'

/**
 * Writes results.json, results.csv, report.html, scores.safetensors and what else the viewer reads (`extra`, by the names of
 * the files); each appears whole or not at all. `removeAtEnd` is told where they are written before they are moved to their places.
 *
 * @throws InvalidFileError when one cannot be written.
 */
export async function writeOutputs(
  directory: string,
  { results, scored, sets }: Evaluation,
  extra: ReadonlyMap<string, Uint8Array | string>,
  removeAtEnd: (path: string) => void,
): Promise<void> {
  const run = new Map<string, Uint8Array | string>([
    ['scores.safetensors', writeSafetensors(rawScores(scored))],
    ...extra,
    ['results.json', `${JSON.stringify(results, null, 2)}\n`],
  ])
  const carried = await reportFiles(run, sets, results.model.inputSize)
  const report = await renderViewer(basename(resolve(directory)), carried)
  const files = [['results.csv', renderCsv(results)], ['report.html', report], ...run] as const
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
