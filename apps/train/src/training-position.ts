/** The best epoch so far. */
export interface BestEpoch {
  /** Share of ID test images classified rightly, or the mean loss of the epoch where nothing is classified. */
  readonly measure: 'accuracy' | 'loss'
  readonly value: number
  /** Counted from 0. */
  readonly epoch: number
}

/** How far a run is. */
export interface TrainingPosition {
  /** Steps done, over all epochs. */
  readonly step: number
  /** Of the steps done in the epoch under way. */
  readonly epochLoss: { readonly sum: number; readonly steps: number }
  readonly best: BestEpoch | null
}

/** Where every run begins. */
export const startPosition: TrainingPosition = { step: 0, epochLoss: { sum: 0, steps: 0 }, best: null }
