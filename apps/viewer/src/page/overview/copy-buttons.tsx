import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { copyText } from '../parts/copy-text.ts'
import { tableFormats } from './copy-table.ts'
import type { RankingTable } from './ranking-table.ts'

/** Puts the table on the clipboard, as it is sorted. */
export function CopyTable({ table, rows }: { table: RankingTable; rows: readonly number[] }): VNode {
  const [said, say] = useState('')
  const copy = async (format: string) => {
    const isCopied = await copyText(tableFormats[format]!(table, rows))
    say(isCopied ? `Copied as ${format}` : 'The browser does not allow copying')
  }
  return (
    <div class="copy" role="group" aria-label="Copy the table">
      Copy
      {Object.keys(tableFormats).map((format) => (
        <button key={format} type="button" onClick={() => void copy(format)}>
          {format}
        </button>
      ))}
      <span role="status">{said}</span>
    </div>
  )
}
