export type { Evaluation, StepResult, Trainer, TrainerOptions, TrainingBatch } from './trainer.ts'
export { lossOptionsSchema, viewsOfLoss, type AlpaOptions, type LossInput, type LossOptions } from './loss-options.ts'
export { optimizerOptionsSchema, type OptimizerInput, type OptimizerOptions } from './optimizer-options.ts'
