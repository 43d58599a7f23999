import type { ScoreResult } from './results.ts'

/** What some steps of a training were like. */
export interface StepsRecord {
  readonly kind: 'steps'
  /** Counted from 0. */
  readonly epoch: number
  /** Steps done so far, over all epochs. */
  readonly step: number
  /** Mean over the steps since the record before. */
  readonly loss: number
  /** Its summands by name, already weighted; empty when there is only one. */
  readonly parts: Readonly<Record<string, number>>
  readonly learningRate: number
  readonly imagesPerSecond: number
}

/** What an evaluation during a training found. */
export interface EvaluationRecord {
  readonly kind: 'evaluation'
  readonly epoch: number
  readonly step: number
  /** Null where the test images have no labels or the network no classifier. */
  readonly idAccuracy: number | null
  readonly scores: readonly ScoreResult[]
}

/** A line of metrics.jsonl. */
export type TrainingRecord = StepsRecord | EvaluationRecord
