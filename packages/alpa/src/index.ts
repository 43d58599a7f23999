export {
  createAlpaProjections,
  type AlpaProjection,
  type AlpaProjections,
  type AlpaProjectionsOptions,
} from './alpa-projections.ts'
export { alpaSimilarity } from './alpa-similarity.ts'
export { alpaLoss } from './alpa-loss.ts'
export type { Aggregation } from './aggregation.ts'
export type { AlpaLossOptions, AlpaSimilarityOptions } from './alpa-options.ts'
