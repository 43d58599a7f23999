export type { BackboneSpec, Stage, Stem } from './backbone-spec.ts'
export { architectures, backboneSpec, type Architecture } from './architectures.ts'
export {
  networkPlan,
  planConvolutions,
  type BlockPlan,
  type ConvolutionPlan,
  type NetworkPlan,
  type PadPlan,
} from './network-plan.ts'
export { stateDictEntries, type StateDictEntry } from './state-dict-entries.ts'
export { loadStateDict, type BackboneWeights, type LoadOptions } from './load-state-dict.ts'
export { emitInference, type EmitOptions, type OutputName } from './emit-inference.ts'
export { appendViews, type MapInGraph } from './append-views.ts'
export { viewWindows, type ViewWindow } from './view-windows.ts'
