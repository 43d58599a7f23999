import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { aupr } from './aupr.ts'
import { auroc } from './auroc.ts'
import { detectionError } from './detection-error.ts'
import { fprAtTpr } from './fpr-at-tpr.ts'

interface GoldenCase {
  name: string
  id: number[]
  ood: number[]
  reference: { FPR: number; AUROC: number; DTERR: number; AUIN: number; AUOUT: number }
  sklearn: Record<
    | 'auroc'
    | 'average_precision_in'
    | 'average_precision_out'
    | 'aupr_in_trapezoid'
    | 'aupr_out_trapezoid'
    | 'fpr_at_95_ood_positive',
    number
  >
}

const golden = JSON.parse(readFileSync(new URL('../fixtures/metrics.json', import.meta.url), 'utf8')) as {
  cases: GoldenCase[]
}

test('all cases are there', () => {
  expect(golden.cases).toHaveLength(11)
})

describe.each(golden.cases)('scikit-learn: $name', ({ id, ood, sklearn }) => {
  test('AUROC', () => {
    expect(auroc(id, ood)).toBeCloseTo(sklearn.auroc, 12)
  })

  test('average precision is interpolation: step', () => {
    expect(aupr(id, ood, { positive: 'id', interpolation: 'step' })).toBeCloseTo(sklearn.average_precision_in, 12)
    expect(aupr(id, ood, { positive: 'ood', interpolation: 'step' })).toBeCloseTo(sklearn.average_precision_out, 12)
  })

  test('auc(recall, precision) is interpolation: trapezoid', () => {
    expect(aupr(id, ood, { positive: 'id' })).toBeCloseTo(sklearn.aupr_in_trapezoid, 12)
    expect(aupr(id, ood, { positive: 'ood' })).toBeCloseTo(sklearn.aupr_out_trapezoid, 12)
  })

  test('fpr at the first tpr ≥ 0.95 with OOD positive', () => {
    expect(fprAtTpr(id, ood, { positive: 'ood' })).toBe(sklearn.fpr_at_95_ood_positive)
  })
})

describe.each(golden.cases)('the authors: $name', ({ id, ood, reference }) => {
  test('FPR is rule: paper', () => {
    expect(fprAtTpr(id, ood, { positive: 'id', rule: 'paper' })).toBe(reference.FPR)
  })

  test('AUROC', () => {
    expect(auroc(id, ood)).toBeCloseTo(reference.AUROC, 12)
  })

  test('DTERR is detectionError with prior: counts', () => {
    expect(detectionError(id, ood)).toBeCloseTo(reference.DTERR, 12)
  })

  // Their precision-recall curve ends at (recall 0, precision 0) where scikit-learn's ends at (0, 1), so the triangle
  // over the first threshold is cut away: half its recall. A slip rather than a convention, hence no option for it.
  test('AUIN and AUOUT are trapezoids less half the recall of the first threshold', () => {
    const best = id.concat(ood).reduce((a, b) => Math.max(a, b))
    const worst = id.concat(ood).reduce((a, b) => Math.min(a, b))
    const idRecall = id.filter((score) => score === best).length / id.length
    const oodRecall = ood.filter((score) => score === worst).length / ood.length
    expect(aupr(id, ood, { positive: 'id' }) - idRecall / 2).toBeCloseTo(reference.AUIN, 12)
    expect(aupr(id, ood, { positive: 'ood' }) - oodRecall / 2).toBeCloseTo(reference.AUOUT, 12)
  })
})
