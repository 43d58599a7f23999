import { appendFile, readFile } from 'node:fs/promises'
import { writeWhole } from '@mode-ood/command'
import type { TrainingRecord } from '@mode-ood/report'

/** metrics.jsonl: one JSON object a line. */
export interface MetricsLog {
  /** All records so far, of earlier parts of the run too. */
  readonly records: readonly TrainingRecord[]
  append(record: TrainingRecord): Promise<void>
}

/** Opens a log that goes on after `step`: what an interrupted run wrote beyond its checkpoint is taken out, for it comes again. */
export async function openMetricsLog(file: string, step: number): Promise<MetricsLog> {
  const text = step === 0 ? '' : await readFile(file, 'utf8').catch(() => '')
  const records = text.split('\n').flatMap((line) => parse(line).filter((record) => record.step <= step))
  await writeWhole(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  return {
    records,
    async append(record) {
      records.push(record)
      await appendFile(file, `${JSON.stringify(record)}\n`)
    },
  }
}

/** Nothing for an empty line, and for a last one that was cut off. */
function parse(line: string): TrainingRecord[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as TrainingRecord]
  } catch {
    return []
  }
}
