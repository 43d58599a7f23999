import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidFileError, InvalidOptionError, type Tensor } from '@mode-ood/core'
import { renderCsv, renderReport, type ThumbnailStrip } from '@mode-ood/report'
import { writeSafetensors } from '@mode-ood/safetensors'
import type { Evaluation } from './evaluate.ts'

/**
 * Looks at the output directory before the work begins.
 *
 * @returns why it cannot be written, or null when it can.
 * @throws InvalidOptionError when the path is a file.
 */
export async function checkOutputDirectory(directory: string): Promise<string | null> {
  const found = await stat(directory).catch(() => null)
  if (found && !found.isDirectory()) {
    throw new InvalidOptionError(`--output ${directory} is a file, and must be a directory or not exist yet`)
  }
  try {
    await mkdir(directory, { recursive: true })
    return null
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR' || code === 'EEXIST') {
      throw new InvalidOptionError(`--output ${directory} lies below a file, and must be a directory or not exist yet`)
    }
    return code ?? message
  }
}

/** Writes results.json, results.csv, report.html and scores.safetensors; each appears whole or not at all. */
export async function writeOutputs(
  directory: string,
  { results, scored }: Evaluation,
  thumbnails: ThumbnailStrip[],
): Promise<void> {
  const report = await renderReport(results, { scores: scored }, { thumbnails })
  await write(directory, 'scores.safetensors', writeSafetensors(rawScores(scored)))
  await write(directory, 'results.csv', renderCsv(results))
  await write(directory, 'report.html', report)
  await write(directory, 'results.json', `${JSON.stringify(results, null, 2)}\n`)
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

async function write(directory: string, name: string, content: string | Uint8Array): Promise<void> {
  const path = join(directory, name)
  const beside = `${path}.${process.pid}.tmp`
  try {
    await mkdir(directory, { recursive: true })
    const file = await open(beside, 'w')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {})
    throw new InvalidFileError(path, `cannot be written: ${(error as Error).message}`, { cause: error })
  }
}
