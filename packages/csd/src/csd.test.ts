import { readdirSync, readFileSync } from 'node:fs'
import { createMatrix, normalizeRows, type FeatureMap } from '@mode-ood/core'
import { testScore } from '@mode-ood/core/test'
import { readSafetensors } from '@mode-ood/safetensors'
import { relativeError } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { csd, multiScaleViews } from './index.ts'

testScore(csd, { options: { k: 3 }, badOptions: [{ k: 0 }, { k: 1.5 }, { k: 'ten' }] })

const fixtures = new URL('../fixtures/', import.meta.url)
const golden = readdirSync(fixtures).filter((file) => file.endsWith('.safetensors'))

function load(file: string) {
  const { tensors, metadata } = readSafetensors(readFileSync(new URL(file, fixtures)))
  const data = (name: string) => tensors.get(name)!.data as Float32Array
  const map = (name: string): FeatureMap => {
    const [count, height, width, channels] = tensors.get(name)!.shape as [number, number, number, number]
    return { count, height, width, channels, data: data(name) }
  }
  return { k: Number(metadata['k']), data, map }
}

describe.each(golden)('golden %s', (file) => {
  const { k, data, map } = load(file)

  test('views', () => {
    const views = multiScaleViews(map('id_maps_nhwc'))
    const expected = normalizeRows(createMatrix(views.count * 6, views.dimension, data('id_vectors')))
    expect(relativeError(views.data, expected.data)).toBeLessThan(2e-6)
  })

  test.each(['id', 'ood'])('score of %s, in one batch and one by one', async (side) => {
    const bank = multiScaleViews(map('bank_maps_nhwc'))
    const fitted = await csd({ k }).fit([{ views: bank, labels: new Int32Array(bank.count) }])
    const views = multiScaleViews(map(`${side}_maps_nhwc`))
    const scores = await fitted.score({ views })
    const gap = scores.map((score, i) => Math.abs(score - data(`${side}_score`)[i]!))
    expect(Math.max(...gap)).toBeLessThan(2e-6)
    const last = { ...views, count: 1, data: views.data.slice(-6 * views.dimension) }
    expect((await fitted.score({ views: last }))[0]).toBe(scores.at(-1))
    await fitted.close()
  })
})

describe('csd', () => {
  test('is the best view, by hand: one view equal to a bank vector makes the score 0', async () => {
    const unit = (...rows: number[][]) => ({ count: 1, views: 2, dimension: 2, data: Float32Array.from(rows.flat()) })
    const fitted = await csd({ k: 1 }).fit([{ views: unit([1, 0], [0, 1]), labels: Int32Array.of(0) }])
    expect([...(await fitted.score({ views: unit([1, 0], [-1, 0]) }))]).toEqual([0])
    expect([...(await fitted.score({ views: unit([-1, 0], [-1, 0]) }))]).toEqual([-2])
    await fitted.close()
  })

  test('k beyond the bank says how many vectors there are', async () => {
    const views = { count: 1, views: 6, dimension: 1, data: new Float32Array(6).fill(1) }
    const fitted = await csd({ k: 7 }).fit([{ views, labels: Int32Array.of(0) }])
    await expect(fitted.score({ views })).rejects.toThrow('k is 7 but the bank holds 6 vectors')
    await fitted.close()
  })
})
