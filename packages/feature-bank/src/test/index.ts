export { testFeatureBank, type TestFeatureBankSettings } from './test-feature-bank.ts'
export { createVectorSets, type VectorSet } from './vector-sets.ts'
export { bruteForce } from './brute-force.ts'
