export { testScore, type TestScoreSettings } from './test-score.ts'
export { createTestOutputs, type TestOutputs } from './test-outputs.ts'
export { selectOutputs } from './select-outputs.ts'
