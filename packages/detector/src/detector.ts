import type { FittedScore, Normalization, Score } from '@mode-ood/core'
import type { Calibration, CalibrateOptions } from './calibration/calibrate.ts'
import type { DriftCheck } from './check-drift.ts'
import type { BatchOutputs, DetectorImages, DetectorModel } from './detector-model.ts'

/** How image files become what the model takes; the keys of `data`'s configurations. */
export interface Preprocessing extends Normalization {
  readonly resize?: 'squash' | 'crop' | 'none' | undefined
  readonly resizeTo?: number | undefined
  readonly interpolation?: 'bilinear' | 'bicubic' | undefined
}

/** A training image near a detected one. */
export interface NearestImage {
  /** Its position in the training data. */
  readonly index: number
  /** Its file or record, where the training data had names. */
  readonly name?: string
  readonly label?: number
  /** Squared L2 distance, as the score compares. */
  readonly distance: number
  /** Which of its views, where the score compares views. */
  readonly view?: number
}

/** What a detector says about an image. */
export interface Detection {
  /** Higher: more in-distribution. */
  readonly score: number
  /** At most a share p of in-distribution images has a p-value ≤ p. */
  readonly pValue: number
  readonly isOod: boolean
  /** The class the model predicts; absent without a classifier. */
  readonly prediction?: number
  /** The view of the image that decided, where it was asked for and the score compares views. */
  readonly view?: number
  /** Training images, the nearest first, where they were asked for and the score compares with training images. */
  readonly nearest?: readonly NearestImage[]
}

export interface DetectOptions {
  /** How many training images to name for every image; none unless given. */
  readonly nearest?: number | undefined
  /** Decides over the batch by Benjamini and Hochberg instead of by the threshold: see `benjaminiHochberg`. */
  readonly falseDiscoveryRate?: number | undefined
}

/** Scores of images, with the class the model predicts; null without a classifier. */
export interface Measured {
  readonly scores: Float64Array
  readonly predictions: Int32Array | null
}

/** A score that has learnt, with its model, but without a threshold yet. */
export interface FittedDetector {
  /** @throws InvalidInputError for images of another size, or bytes where no preprocessing is known. */
  measure(images: DetectorImages): Promise<Measured>
  /** The same from outputs that were computed elsewhere. */
  measureOutputs(outputs: BatchOutputs): Promise<Measured>
  /**
   * The detector, by scores of in-distribution images that neither model nor score has learnt from.
   *
   * @throws InvalidInputError when they are too few for the rate: it says how many are needed.
   */
  calibrate(heldOutIdScores: Float64Array, options: CalibrateOptions): Detector
  readonly parts: DetectorParts
  /** Closes what the score holds, and the model. */
  close(): Promise<void>
}

/** A score with a threshold: says of images whether they are out of distribution. */
export interface Detector extends FittedDetector {
  readonly calibration: Calibration
  /** One detection an image. @throws as `measure`. */
  detect(images: DetectorImages, options?: DetectOptions): Promise<Detection[]>
  /** The same from outputs that were computed elsewhere. */
  detectOutputs(outputs: BatchOutputs, options?: DetectOptions): Promise<Detection[]>
  /** Whether the images as a whole are like those of the calibration: see `checkDrift`. */
  checkDrift(detections: readonly Detection[], options?: { readonly alarmLevel?: number | undefined }): DriftCheck
  readonly parts: DetectorParts & { readonly calibration: Calibration }
}

/** What is known of the training images, in the order of the training data. */
export interface TrainingRecord {
  readonly labels: Int32Array
  /** Null where the training data had none. */
  readonly names: readonly string[] | null
}

/** What a detector is made of, and what of it is saved. */
export interface DetectorParts {
  /** Null where outputs are computed elsewhere. */
  readonly model: DetectorModel | null
  readonly score: Score
  readonly fitted: FittedScore
  /** Null where images come normalised. */
  readonly preprocessing: Preprocessing | null
  /** Null for scores that do not compare with training images. */
  readonly training: TrainingRecord | null
  readonly calibration: Calibration | null
}
