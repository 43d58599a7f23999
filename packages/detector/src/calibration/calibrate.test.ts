import { createRandom, InvalidInputError, InvalidOptionError } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { calibrate } from './calibrate.ts'
import { decide } from './decide.ts'

const numbers = (count: number, seed: number) => {
  const random = createRandom(seed)
  return Float64Array.from({ length: count }, () => random.normal())
}

describe('calibrate', () => {
  test('by hand: of 19 scores at 10 % the second smallest is the threshold, and itself in-distribution', () => {
    const scores = Float64Array.from({ length: 19 }, (_, i) => 19 - i)
    const calibration = calibrate(scores, { falseAlarmRate: 0.1 }, 0)
    expect(calibration.groups[0]).toMatchObject({ threshold: 2, rank: 2 })
    const { pValues, isOod } = decide(calibration, Float64Array.of(0, 1, 1.5, 2, 40), null)
    expect([...pValues]).toEqual([1 / 20, 2 / 20, 2 / 20, 3 / 20, 20 / 20])
    expect(isOod).toEqual([true, true, true, false, false])
  })

  test('of n + 1 scores, each judged by the others, exactly ⌊α(n+1)⌋ are false alarms', () => {
    const scores = numbers(200, 3)
    for (const falseAlarmRate of [0.01, 0.05, 0.1, 0.37]) {
      const alarms = scores.filter((score, i) => {
        const others = scores.filter((_, j) => j !== i)
        return decide(calibrate(others, { falseAlarmRate }, 0), Float64Array.of(score), null).isOod[0]
      })
      expect(alarms.length).toBe(Math.floor(falseAlarmRate * 200))
    }
  })

  test('an image is OOD exactly when its p-value is at most the rate, ties included', () => {
    const random = createRandom('ties')
    const coarse = (count: number) => Float64Array.from({ length: count }, () => random.integer(9))
    const calibration = calibrate(coarse(150), { falseAlarmRate: 0.2 }, 0)
    const { pValues, isOod } = decide(calibration, coarse(300), null)
    expect(isOod).toEqual(Array.from(pValues, (p) => p <= 0.2))
    expect(isOod).toContain(true)
    const constant = calibrate(new Float64Array(50), { falseAlarmRate: 0.2 }, 0)
    expect(decide(constant, new Float64Array(9), null).isOod).not.toContain(true)
  })

  test('by class every image is judged by the images of its predicted class', () => {
    const scores = Float64Array.from({ length: 40 }, (_, i) => (i % 2) * 100 + i)
    const predictions = Int32Array.from({ length: 40 }, (_, i) => i % 2)
    const calibration = calibrate(scores, { falseAlarmRate: 0.1, predictions }, 2)
    expect(calibration.groups.map(({ threshold }) => threshold)).toEqual([2, 103])
    expect(decide(calibration, Float64Array.of(50, 50), Int32Array.of(0, 1)).isOod).toEqual([false, true])
    expect(() => decide(calibration, Float64Array.of(50), null)).toThrow('logits')
  })
})

describe('wrong input', () => {
  test('too few images: the error says how many are needed', () => {
    const few = numbers(58, 1)
    expect(() => calibrate(few, { falseAlarmRate: 0.05, confidence: 0.95 }, 0)).toThrow(
      'a false-alarm rate of 0.05 with confidence 0.95 needs at least 59 calibration images, but the calibration has 58',
    )
    expect(() => calibrate(few, { falseAlarmRate: 0.01 }, 0)).toThrow('needs at least 99 calibration images')
    expect(() => calibrate(new Float64Array(), { falseAlarmRate: 0.05 }, 0)).toThrow('the calibration has 0')
  })

  test('too small classes are named, one that was never predicted too', () => {
    const predictions = Int32Array.from({ length: 58 }, (_, i) => (i < 40 ? 0 : 2))
    expect(() => calibrate(numbers(58, 1), { falseAlarmRate: 0.05, predictions }, 3)).toThrow(
      'needs at least 19 calibration images a class, but predicted class 1 has 0, predicted class 2 has 18',
    )
  })

  test.each([0, 1, -0.1, 1.5, Number.NaN])('a rate or a confidence of %d', (value) => {
    const scores = numbers(500, 2)
    expect(() => calibrate(scores, { falseAlarmRate: value }, 0)).toThrow(InvalidOptionError)
    expect(() => calibrate(scores, { falseAlarmRate: 0.1, confidence: value }, 0)).toThrow(InvalidOptionError)
  })

  test('a score that is no number, predictions that do not fit', () => {
    expect(() => calibrate(Float64Array.of(1, Number.NaN), { falseAlarmRate: 0.5 }, 0)).toThrow(
      'calibration score 1 is NaN',
    )
    const predictions = Int32Array.of(0, 7)
    expect(() => calibrate(numbers(2, 1), { falseAlarmRate: 0.5, predictions }, 3)).toThrow('class 7')
    expect(() => calibrate(numbers(3, 1), { falseAlarmRate: 0.5, predictions }, 8)).toThrow(InvalidInputError)
  })
})
