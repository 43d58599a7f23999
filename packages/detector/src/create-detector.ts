import { InvalidInputError, type ModelOutputs } from '@mode-ood/core'
import { benjaminiHochberg } from './benjamini-hochberg.ts'
import { calibrate } from './calibration/calibrate.ts'
import { decide } from './calibration/decide.ts'
import { checkDrift } from './check-drift.ts'
import type {
  Detection,
  Detector,
  DetectOptions,
  DetectorParts,
  FittedDetector,
  Measured,
  NearestImage,
  TrainingRecord,
} from './detector.ts'
import { argmaxRows } from './argmax-rows.ts'
import type { BatchOutputs } from './detector-model.ts'
import { runModel } from './run-model.ts'

type Calibrated = DetectorParts & { readonly calibration: NonNullable<DetectorParts['calibration']> }

/** A score that has learnt, around its parts. */
export function createFittedDetector(parts: DetectorParts): FittedDetector {
  const { score, fitted, model } = parts
  // Without a model of its own a detector learns the number of classes from the logits that it is given.
  let measuredClasses = 0
  const measureOutputs = async (outputs: BatchOutputs): Promise<Measured> => {
    measuredClasses = Math.max(measuredClasses, outputs.logits?.columns ?? 0)
    const predictions = outputs.logits && outputs.logits.columns > 0 ? argmaxRows(outputs.logits) : null
    return { scores: await fitted.score(outputs as ModelOutputs), predictions }
  }
  return {
    parts,
    measureOutputs,
    measure: async (images) => measureOutputs(await runModel(parts, images)),
    calibrate(scores, options) {
      const { predictions } = options
      const largest = predictions?.reduce((most, label) => Math.max(most, label), -1) ?? -1
      const classes = model?.classes ?? (measuredClasses || largest + 1)
      if (predictions && classes === 0) {
        throw new InvalidInputError(
          `thresholds by class need a classifier, and the model of score "${score.name}" has none`,
        )
      }
      return createDetector({ ...parts, calibration: calibrate(scores, options, classes) })
    },
    async close() {
      await fitted.close()
      await model?.close()
    },
  }
}

/** A detector around its parts. */
export function createDetector(parts: Calibrated): Detector {
  const { calibration } = parts
  const base = createFittedDetector(parts)
  const detectOutputs = async (outputs: BatchOutputs, options: DetectOptions = {}): Promise<Detection[]> => {
    const { scores, predictions } = await base.measureOutputs(outputs)
    const { pValues, isOod } = decide(calibration, scores, predictions)
    const { falseDiscoveryRate, nearest = 0 } = options
    const flags = falseDiscoveryRate === undefined ? isOod : benjaminiHochberg(pValues, falseDiscoveryRate)
    const explanations = nearest > 0 ? await explain(parts, outputs, nearest) : null
    return Array.from(scores, (score, image) => ({
      score,
      pValue: pValues[image]!,
      isOod: flags[image]!,
      ...(predictions && { prediction: predictions[image]! }),
      ...explanations?.[image],
    }))
  }
  return {
    ...base,
    parts,
    calibration,
    detectOutputs,
    detect: async (images, options) => detectOutputs(await runModel(parts, images), options),
    checkDrift(detections, options = {}) {
      return checkDrift(
        Float64Array.from(detections, ({ pValue }) => pValue),
        {
          calibration: calibration.groups.map(({ scores }) => scores),
          ...(calibration.byClass && {
            predictions: Int32Array.from(detections, ({ prediction }) => prediction ?? -1),
          }),
          ...options,
        },
      )
    },
  }
}

async function explain(
  { fitted, training }: DetectorParts,
  outputs: BatchOutputs,
  neighbors: number,
): Promise<Pick<Detection, 'view' | 'nearest'>[] | null> {
  if (!fitted.explain) return null
  const explanations = await fitted.explain(outputs as ModelOutputs, neighbors)
  return explanations.map(({ view, neighbors: near }) => ({
    ...(view !== undefined && { view }),
    nearest: near.map(({ row, distance, view: matched }) => ({
      ...nameOf(training, row),
      distance,
      ...(matched !== undefined && { view: matched }),
    })),
  }))
}

function nameOf(training: TrainingRecord | null, index: number): Omit<NearestImage, 'distance'> {
  const name = training?.names?.[index]
  const label = training?.labels[index]
  return { index, ...(name !== undefined && { name }), ...(label !== undefined && { label }) }
}
