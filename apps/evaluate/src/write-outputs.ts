import { constants } from 'node:fs'
import { access, mkdir, open, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { InvalidFileError, InvalidOptionError, type Tensor } from '@mode-ood/core'
import { renderCsv, renderReport, type ThumbnailStrip } from '@mode-ood/report'
import { writeSafetensors } from '@mode-ood/safetensors'
import type { Evaluation } from './evaluate.ts'
import { systemReason } from './system-reason.ts'

/**
 * Looks at a directory to write to (what `option` names) before the work begins, and makes it.
 *
 * @returns why it cannot be written, or null when it can.
 * @throws InvalidOptionError when the path is a file.
 */
export async function checkDirectory(option: string, directory: string): Promise<string | null> {
  const found = await stat(directory).catch(() => null)
  if (found && !found.isDirectory()) {
    throw new InvalidOptionError(`${option} ${directory} is a file, and must be a directory or not exist yet`)
  }
  try {
    await mkdir(directory, { recursive: true })
    await access(directory, constants.W_OK)
    return null
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTDIR' || code === 'EEXIST') {
      throw new InvalidOptionError(`${option} ${directory} lies below a file, and must be a directory or not exist yet`)
    }
    return systemReason(error)
  }
}

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
  for (const [name, content] of files) {
    const beside = join(directory, `${name}.${process.pid}.tmp`)
    removeAtEnd(beside)
    await write(join(directory, name), beside, content)
  }
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

async function write(path: string, beside: string, content: string | Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(beside, 'w')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    throw new InvalidFileError(path, `cannot be written: ${systemReason(error)}`, { cause: error })
  }
}
