export {
  openModel,
  type CheckpointModelOptions,
  type OnnxModelOptions,
  type OpenModelOptions,
  type OutputsUnder,
} from './open-model.ts'
export type { ByteImages, ImageSize, InferenceOutputs, Model, RunOptions } from './model.ts'
export { runBatches, type BatchOutputs, type RunBatchesOptions } from './run-batches.ts'
export { readCheckpoint } from './read-checkpoint.ts'
