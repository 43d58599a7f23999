export { evaluate, type EvaluateOptions, type Evaluation } from './evaluate.ts'
export { chooseScores, createScore } from './choose-scores.ts'
export { importScore } from './import-score.ts'
export { modelOptions } from './model-options.ts'
export {
  configurationSchema,
  networkSchema,
  oodSetSchema,
  preprocessing,
  scoreSchema,
  type Channels,
  type Configuration,
  type ModelConfiguration,
  type NetworkConfiguration,
  type OodImages,
  type OodSetConfiguration,
  type ScoreConfiguration,
  type SetConfiguration,
} from './configuration-schema.ts'
export { refuseWithoutOutputs, type GivenOutputs } from './refuse-without-outputs.ts'
