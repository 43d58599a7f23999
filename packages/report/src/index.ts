export { resultsSchema } from './results-schema.ts'
export type {
  DatasetSummary,
  Environment,
  Metrics,
  ModelSummary,
  OodSummary,
  Results,
  ScoreResult,
  SetResult,
} from './results.ts'
export { parseResults } from './parse-results.ts'
export { scoreLabels, type LabelledScore } from './score-labels.ts'
export { matchScores, type ImageScores, type LabelledResult, type ScoredImages } from './scored-images.ts'
export { bestOfGroup, type BestOfGroup } from './best-of-group.ts'
export { metricColumns, percent, type MetricColumn } from './metric-columns.ts'
export { renderCsv } from './render-csv.ts'
export { renderTable, type TableOptions } from './render-table.ts'
export { renderReport, type ReportOptions } from './render-report.ts'
export type { ThumbnailStrip } from './images-section.ts'
export { terminalOptions } from './terminal-options.ts'
export { renderTraining, type TrainingHistory, type TrainingPageOptions } from './render-training.ts'
export type { EvaluationRecord, StepsRecord, TrainingRecord } from './training-record.ts'
