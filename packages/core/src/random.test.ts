import { describe, expect, test } from 'vitest'
import { createRandom } from './index.ts'

const draw = (seed: string | number): number[] => Array.from({ length: 5 }, createRandom(seed).uniform)

describe('createRandom', () => {
  test('gives the same numbers for the same seed and others for another', () => {
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).toEqual(draw('7'))
    expect(draw(7)).not.toEqual(draw(8))
  })

  test('forks do not disturb their parent', () => {
    const parent = createRandom(1)
    const reference = createRandom(1)
    parent.fork('part').uniform()
    expect(parent.uniform()).toBe(reference.uniform())
    expect(parent.fork('a').uniform()).not.toBe(parent.fork('b').uniform())
  })

  test('uniform numbers have mean 1/2, variance 1/12 and lie in [0, 1)', () => {
    const random = createRandom('moments')
    const draws = Float64Array.from({ length: 100_000 }, random.uniform)
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.004)
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.002)
    expect(draws.every((x) => x >= 0 && x < 1)).toBe(true)
  })

  test('normal numbers have mean 0, variance 1 and a normal tail', () => {
    const random = createRandom('normal')
    const draws = Float64Array.from({ length: 100_000 }, random.normal)
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length
    const variance = draws.reduce((sum, x) => sum + x * x, 0) / draws.length
    const tail = draws.filter((x) => Math.abs(x) > 1.959964).length / draws.length
    expect(Math.abs(mean)).toBeLessThan(0.015)
    expect(Math.abs(variance - 1)).toBeLessThan(0.02)
    expect(Math.abs(tail - 0.05)).toBeLessThan(0.004)
  })

  test('an array of normal numbers follows the normal distribution, tail included, the same for the same seed', () => {
    const count = 200_000
    const draws = createRandom('array').fillNormal(new Float64Array(count))
    expect(createRandom('array').fillNormal(new Float32Array(count))).toEqual(Float32Array.from(draws))
    // P(X <= x), from Abramowitz and Stegun's table 26.1; where layers meet, in the widest one, and in the tail
    for (const [x, probability] of [
      [-3.5, 0.000232629],
      [-3, 0.001349898],
      [-1, 0.158655254],
      [-0.25, 0.401293674],
      [0, 0.5],
      [0.5, 0.691462461],
      [2, 0.977249868],
      [3.5, 0.999767371],
      [4, 0.999968329],
    ] as const) {
      const share = draws.reduce((below, value) => below + Number(value <= x), 0) / count
      const deviation = Math.sqrt((probability * (1 - probability)) / count)
      expect(Math.abs(share - probability), `at ${x}`).toBeLessThan(4 * deviation)
    }
  })

  test('shuffle permutes in place, every position equally likely', () => {
    const random = createRandom('shuffle')
    const firsts = [0, 0, 0]
    for (let i = 0; i < 3000; i++) firsts[random.shuffle([0, 1, 2])[0]!]!++
    for (const count of firsts) expect(Math.abs(count - 1000)).toBeLessThan(120)
    expect([...random.shuffle(Int32Array.of(3, 1, 2))].sort()).toEqual([1, 2, 3])
  })
})
