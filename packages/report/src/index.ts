export { resultsSchema } from './results-schema.ts'
export type {
  DatasetSummary,
  Deficit,
  Environment,
  Metrics,
  ModelSummary,
  OodSummary,
  PublishedRow,
  PublishedTable,
  RankedScore,
  Results,
  ScoreResult,
  SetRanking,
  SetResult,
} from './results.ts'
export { parseResults } from './parse-results.ts'
export { scoreLabels, type LabelledScore } from './score-labels.ts'
export { matchScores, type ImageScores, type LabelledResult, type ScoredImages } from './scored-images.ts'
export { bestOfGroup, type BestOfGroup } from './best-of-group.ts'
export { metricColumns, percent, type MetricColumn } from './metric-columns.ts'
export { renderCsv } from './render-csv.ts'
export { renderTable, type TableOptions } from './render-table.ts'
export { rankScores } from './rank-scores.ts'
export { isBehind, rankingLegend, shownPValue } from './significance.ts'
export { renderRanking } from './render-ranking.ts'
export { publishedTables } from './published-tables.ts'
export { renderPublished } from './render-published.ts'
export { renderReport, type ReportOptions } from './render-report.ts'
export type { ThumbnailStrip } from './images-section.ts'
export { terminalOptions } from './terminal-options.ts'
export { renderTraining, type TrainingHistory, type TrainingPageOptions } from './render-training.ts'
export type { EvaluationRecord, StepsRecord, TrainingRecord } from './training-record.ts'
