import { InvalidFileError, InvalidInputError } from '@mode-ood/core'
import type { Results } from './results.ts'
import { resultsSchema } from './results-schema.ts'

/**
 * Checks the content of a `results.json`.
 *
 * @param json the parsed value, or the text of the file.
 * @param file where it came from, for the message of an error.
 * @throws InvalidFileError (without `file` InvalidInputError) in one sentence: cut short, of another version, or the
 *   first place that is wrong.
 * @example parseResults(await readFile('run/results.json', 'utf8'), 'run/results.json').scores.length
 */
export function parseResults(json: unknown, file?: string): Results {
  const value = typeof json === 'string' ? parseText(json, file) : json
  if (typeof value !== 'object' || value === null || !('schemaVersion' in value)) {
    throw invalid('this is not the results of an evaluation: "schemaVersion" is missing', file)
  }
  const version = value.schemaVersion
  if (typeof version === 'number' && version > 1) {
    throw invalid(`schema version ${version} is newer than this mode-ood, which reads version 1: update mode-ood`, file)
  }
  const result = resultsSchema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw invalid(`${issue ? `${place(issue.path)}: ${issue.message}` : 'these are not valid results'}`, file)
}

function parseText(text: string, file: string | undefined): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const what = text.trim() === '' ? 'it is empty' : 'it is cut short or damaged'
    throw invalid(`results must be one JSON object, but ${what}: run the evaluation again`, file)
  }
}

/** `scores[0].sets[2].auroc` */
function place(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  return text.replace(/^\./, '') || 'results'
}

function invalid(message: string, file: string | undefined): Error {
  return file === undefined ? new InvalidInputError(message) : new InvalidFileError(file, message)
}
