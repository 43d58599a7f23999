export { InvalidFileError, InvalidInputError, InvalidOptionError, ModeOodError, NotFittedError } from './errors.ts'
export { createMatrix, matrixRow, type Matrix } from './matrix.ts'
export { normalizeRows } from './normalize-rows.ts'
export { negate } from './negate.ts'
export { applyNormalization, normalizedBytes, type Normalization } from './normalization.ts'
export type { FeatureMap, Head, Images, ModelOutputs, Views } from './model-outputs.ts'
export type { FeatureBank, Neighbors } from './feature-bank.ts'
export type {
  ExplainingNeighbor,
  Explanation,
  FitSet,
  FittedScore,
  Need,
  Needed,
  Score,
  ScoreDefinition,
  Scores,
  ScoreSpec,
  TrainingBatch,
  TrainingData,
} from './score.ts'
export { defineScore, pickOutputs } from './define-score.ts'
export { decodeState, encodeState, isFeatureBank, type EncodedState, type StateArray } from './score-state.ts'
export type { DType, StateDict, Tensor, TensorData } from './tensor.ts'
export { createRandom, type Random } from './random.ts'
