export { evaluate, type EvaluateOptions, type Evaluation } from './evaluate.ts'
export { chooseScores } from './choose-scores.ts'
export {
  configurationSchema,
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
