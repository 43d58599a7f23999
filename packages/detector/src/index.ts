export { fitDetector, type FitDetectorOptions, type TrainingImages, type TrainingOutputs } from './fit-detector.ts'
export { createDetector } from './create-detector.ts'
export type {
  Detection,
  Detector,
  DetectOptions,
  DetectorParts,
  FittedDetector,
  Measured,
  NearestImage,
  Preprocessing,
  TrainingRecord,
} from './detector.ts'
export type { BatchOutputs, DetectorImages, DetectorModel, DetectorOutput, ImageBytes } from './detector-model.ts'
export type { Calibration, CalibrateOptions, CalibrationGroup } from './calibration/calibrate.ts'
export { conformalRank, leastCalibration, type Guarantee } from './calibration/conformal-rank.ts'
export { benjaminiHochberg } from './benjamini-hochberg.ts'
export { checkDrift, type DriftCheck, type DriftOptions } from './check-drift.ts'
export { restoreScore, type ScoreRecipe } from './restore-score.ts'
export { shippedScores, type AnyDefinition } from './shipped-scores.ts'
export { measureCoverage, type Coverage, type CoverageOptions } from './measure-coverage.ts'
