import { readFile } from 'node:fs/promises'
import { writeWhole } from '@mode-ood/command'
import { InvalidFileError } from '@mode-ood/core'
import type { Lengths } from '../protocol/protocol.ts'
import { readResults } from '../results/result-files.ts'
import { renderStudy } from './render-study.ts'

export interface WriteTablesOptions {
  /** The folder of the numbers. */
  readonly results: string
  /** A document with the two marks, between which the tables go. */
  readonly document: string
  readonly lengths: Lengths
}

const begin = '<!-- tables: npm run study -- --tables -->'
const end = '<!-- end of tables -->'

/** Puts the tables of all numbers there are into a document, whose other text stays. */
export async function writeTables({ results, document, lengths }: WriteTablesOptions): Promise<void> {
  const text = await readFile(document, 'utf8').catch(() => `${begin}\n${end}\n`)
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new InvalidFileError(document, `lacks the lines "${begin}" and "${end}"`)
  const tables = renderStudy(await readResults(results, lengths), lengths)
  await writeWhole(document, `${text.slice(0, from)}${begin}\n\n${tables}\n${text.slice(to)}`)
}
