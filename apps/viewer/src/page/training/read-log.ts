import type { EvaluationRecord, StepsRecord, TrainingRecord } from '@mode-ood/report'

/** What a training has said so far. */
export interface TrainingLog {
  readonly steps: readonly StepsRecord[]
  readonly evaluations: readonly EvaluationRecord[]
}

/** Reads metrics.jsonl; a last line that is still being written, and damaged ones, are passed over. */
export function readLog(text: string): TrainingLog {
  const records = text.split('\n').flatMap(parseLine)
  return {
    steps: records.filter((record) => record.kind === 'steps'),
    evaluations: records.filter((record) => record.kind === 'evaluation'),
  }
}

function parseLine(line: string): TrainingRecord[] {
  try {
    const record = JSON.parse(line) as TrainingRecord
    return Number.isFinite(record?.step) ? [record] : []
  } catch {
    return []
  }
}
