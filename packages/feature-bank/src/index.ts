export type { FeatureBank, Neighbors } from '@mode-ood/core'
export { createFeatureBank, openFeatureBank, type FeatureBankOptions } from './create-feature-bank.ts'
export type { FeatureBankStats, LocalFeatureBank } from './bank.ts'
export { exportNpy } from './export-npy.ts'
