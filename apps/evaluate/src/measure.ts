import { aupr, auroc, aurocInterval, detectionError, fprAtTpr } from '@mode-ood/metrics'

/** Every metric of one score on one out-of-distribution set, as fractions; the fields of results.json. */
export interface Measured {
  readonly auroc: number
  readonly auprId: number
  readonly auprOod: number
  readonly fpr95IdPositive: number
  readonly fpr95OodPositive: number
  readonly fpr95Paper: number
  readonly detectionError: number
  readonly aurocInterval: [number, number]
}

export function measure(id: Float64Array, ood: Float64Array): Measured {
  const interval = aurocInterval(id, ood)
  return {
    auroc: auroc(id, ood),
    auprId: aupr(id, ood, { positive: 'id' }),
    auprOod: aupr(id, ood, { positive: 'ood' }),
    fpr95IdPositive: fprAtTpr(id, ood, { positive: 'id' }),
    fpr95OodPositive: fprAtTpr(id, ood, { positive: 'ood' }),
    fpr95Paper: fprAtTpr(id, ood, { positive: 'id', rule: 'paper' }),
    detectionError: detectionError(id, ood),
    aurocInterval: [interval[0], interval[1]],
  }
}
