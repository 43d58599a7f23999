import { readFileSync } from 'node:fs'
import { tolerance } from '@mode-ood/testing'
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

const close = (actual: number, expected: number) =>
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance.float64)

test('all cases are there', () => {
  expect(golden.cases).toHaveLength(11)
})

describe.each(golden.cases)('scikit-learn: $name', ({ id, ood, sklearn }) => {
  test('AUROC', () => close(auroc(id, ood), sklearn.auroc))

  test('average precision is interpolation: step', () => {
    close(aupr(id, ood, { positive: 'id', interpolation: 'step' }), sklearn.average_precision_in)
    close(aupr(id, ood, { positive: 'ood', interpolation: 'step' }), sklearn.average_precision_out)
  })

  test('auc(recall, precision) is interpolation: trapezoid', () => {
    close(aupr(id, ood, { positive: 'id' }), sklearn.aupr_in_trapezoid)
    close(aupr(id, ood, { positive: 'ood' }), sklearn.aupr_out_trapezoid)
  })

  test('fpr at the first tpr ≥ 0.95 with OOD positive', () => {
    expect(fprAtTpr(id, ood, { positive: 'ood' })).toBe(sklearn.fpr_at_95_ood_positive)
  })
})

describe.each(golden.cases)('the authors: $name', ({ id, ood, reference }) => {
  test('FPR is rule: paper', () => {
    expect(fprAtTpr(id, ood, { positive: 'id', rule: 'paper' })).toBe(reference.FPR)
  })

  test('AUROC', () => close(auroc(id, ood), reference.AUROC))

  test('DTERR is detectionError with prior: counts', () => close(detectionError(id, ood), reference.DTERR))

  // Their precision-recall curve ends at (recall 0, precision 0) where scikit-learn's ends at (0, 1), so the triangle
  // over the first threshold is cut away: half its recall. A slip rather than a convention, hence no option for it.
  test('AUIN and AUOUT are trapezoids less half the recall of the first threshold', () => {
    const best = id.concat(ood).reduce((a, b) => Math.max(a, b))
    const worst = id.concat(ood).reduce((a, b) => Math.min(a, b))
    const idRecall = id.filter((score) => score === best).length / id.length
    const oodRecall = ood.filter((score) => score === worst).length / ood.length
    close(aupr(id, ood, { positive: 'id' }) - idRecall / 2, reference.AUIN)
    close(aupr(id, ood, { positive: 'ood' }) - oodRecall / 2, reference.AUOUT)
  })
})
