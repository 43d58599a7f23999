import { createRandom } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { aupr } from './aupr.ts'
import { auroc } from './auroc.ts'
import { detectionError } from './detection-error.ts'
import type { Side } from './finite-scores.ts'
import { fprAtTpr } from './fpr-at-tpr.ts'
import { oscr } from './oscr.ts'
import { prCurve } from './pr-curve.ts'
import { rocCurve } from './roc-curve.ts'

// Every definition taken literally: all pairs, or all thresholds with a full count at each.

const sides: readonly Side[] = ['id', 'ood']
const count = (scores: readonly number[], holds: (score: number) => boolean) => scores.filter(holds).length
const distinct = (...scores: readonly number[]) => [...new Set(scores)].sort((a, b) => b - a)

function pairs(id: readonly number[], ood: readonly number[]): number {
  let won = 0
  for (const a of id) for (const b of ood) won += a > b ? 1 : Number(a === b) / 2
  return won / (id.length * ood.length)
}

function staircase(id: readonly number[], ood: readonly number[], positive: Side) {
  const [hits, falses] = positive === 'id' ? [id, ood] : [ood.map((x) => -x), id.map((x) => -x)]
  return [Infinity, ...distinct(...hits, ...falses)].map((threshold) => ({
    tpr: count(hits, (x) => x >= threshold) / hits.length,
    fpr: count(falses, (x) => x >= threshold) / falses.length,
    hits: count(hits, (x) => x >= threshold),
    falses: count(falses, (x) => x >= threshold),
  }))
}

function areaUnderPr(id: readonly number[], ood: readonly number[], positive: Side, step: boolean): number {
  const points = staircase(id, ood, positive).map(({ tpr, hits, falses }) => ({
    recall: tpr,
    precision: hits + falses === 0 ? 1 : hits / (hits + falses),
  }))
  return points.slice(1).reduce((area, { recall, precision }, i) => {
    const before = points[i]!
    return area + (recall - before.recall) * (step ? precision : (precision + before.precision) / 2)
  }, 0)
}

const random = createRandom('metrics against brute force')
const draw = (length: number, levels: number, shift: number) =>
  Array.from({ length }, () => (random.integer(levels) + shift) / 4)
const problems = Array.from({ length: 150 }, (_, i) => {
  const levels = [1, 2, 3, 8, 40, 1e6][i % 6]!
  const id = draw(1 + random.integer(40), levels, random.integer(levels))
  const ood = draw(1 + random.integer(40), levels, 0)
  return { id, ood, correct: id.map(() => random.uniform() < 0.7) }
})

describe('150 random problems, most full of ties', () => {
  test('AUROC counts pairs', () => {
    for (const { id, ood } of problems) expect(auroc(id, ood)).toBeCloseTo(pairs(id, ood), 12)
  })

  test('OSCR counts pairs whose ID image is classified correctly', () => {
    for (const { id, ood, correct } of problems) {
      const right = id.filter((_, i) => correct[i])
      expect(oscr(id, correct, ood)).toBeCloseTo(
        right.length === 0 ? 0 : (pairs(right, ood) * right.length) / id.length,
        12,
      )
    }
  })

  test('OSCR is the area under the curve drawn', () => {
    for (const { id, ood, correct } of problems) {
      const curve = [Infinity, ...distinct(...id, ...ood)].map((threshold) => ({
        ccr: id.filter((score, i) => correct[i] && score >= threshold).length / id.length,
        fpr: count(ood, (score) => score >= threshold) / ood.length,
      }))
      const area = curve
        .slice(1)
        .reduce((sum, { ccr, fpr }, i) => sum + ((fpr - curve[i]!.fpr) * (ccr + curve[i]!.ccr)) / 2, 0)
      expect(oscr(id, correct, ood)).toBeCloseTo(area, 12)
    }
  })

  test('AUPR, both sides and both interpolations', () => {
    for (const { id, ood } of problems) {
      for (const positive of sides) {
        expect(aupr(id, ood, { positive })).toBeCloseTo(areaUnderPr(id, ood, positive, false), 12)
        expect(aupr(id, ood, { positive, interpolation: 'step' })).toBeCloseTo(areaUnderPr(id, ood, positive, true), 12)
      }
    }
  })

  test('FPR at several rates is that of the first threshold that reaches the rate', () => {
    for (const { id, ood } of problems) {
      for (const positive of sides) {
        for (const tpr of [0.05, 0.5, 0.8, 0.95, 1]) {
          const first = staircase(id, ood, positive).find((point) => point.tpr >= tpr)!
          expect(fprAtTpr(id, ood, { positive, tpr })).toBe(first.fpr)
        }
      }
    }
  })

  test('detection error is the least over all thresholds', () => {
    for (const { id, ood } of problems) {
      const points = staircase(id, ood, 'id')
      const wrong = points.map(({ hits, falses }) => id.length - hits + falses)
      expect(detectionError(id, ood)).toBeCloseTo(Math.min(...wrong) / (id.length + ood.length), 12)
      const balanced = points.map(({ tpr, fpr }) => (1 - tpr + fpr) / 2)
      expect(detectionError(id, ood, { prior: 'equal' })).toBeCloseTo(Math.min(...balanced), 12)
    }
  })

  test('the curves pass through every threshold', () => {
    for (const { id, ood } of problems) {
      const { fpr, tpr } = rocCurve(id, ood)
      expect([...fpr]).toEqual(staircase(id, ood, 'id').map((point) => point.fpr))
      expect([...tpr]).toEqual(staircase(id, ood, 'id').map((point) => point.tpr))
      for (const positive of sides) {
        const expected = staircase(id, ood, positive)
        const { recall, precision } = prCurve(id, ood, { positive })
        expect([...recall]).toEqual(expected.map((point) => point.tpr))
        expect([...precision]).toEqual(expected.map(({ hits, falses }) => (falses === 0 ? 1 : hits / (hits + falses))))
      }
    }
  })
})
