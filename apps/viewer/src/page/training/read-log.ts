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
    return isWhole(record) ? [record] : []
  } catch {
    return []
  }
}

/** Whether everything that the page shows of a record is there. */
function isWhole(record: TrainingRecord): boolean {
  if (!areNumbers([record.epoch, record.step])) return false
  if (record.kind === 'steps') {
    const { loss, parts, learningRate, imagesPerSecond } = record
    return areNumbers([loss, learningRate, imagesPerSecond, ...Object.values(parts)])
  }
  const { idAccuracy, scores } = record
  return (
    (idAccuracy === null || areNumbers([idAccuracy])) &&
    scores.every(
      ({ name, options, sets }) =>
        typeof name === 'string' &&
        typeof options === 'object' &&
        options !== null &&
        sets.every((set) => typeof set.name === 'string' && areNumbers([set.auroc])),
    )
  )
}

function areNumbers(values: readonly unknown[]): boolean {
  return values.every((value) => Number.isFinite(value))
}
