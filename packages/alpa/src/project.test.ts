import { createRandom } from '@mode-ood/core'
import { relativeError, tolerance } from '@mode-ood/testing'
import { describeBackends, numbers } from '@mode-ood/testing/tensorflow'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { partsOfRows, project, projectGradients } from './project.ts'

const [rows, channels, dimension] = [1200, 5, 3]

function inputs() {
  const { normal } = createRandom('project')
  const matrix = (m: number, n: number) => tf.tensor2d(Float32Array.from({ length: m * n }, normal), [m, n])
  const projections = [0, 1].map(() => ({ w1: matrix(channels, channels), w2: matrix(channels, dimension) }))
  return { x: matrix(rows, channels), projections, gradients: [0, 1].map(() => matrix(rows, dimension)) }
}

/** Outputs and gradients by name, with the rows cut into parts by `cut`. */
function compute(cut: (x: tf.Tensor2D) => tf.Tensor2D[]): Record<string, Float32Array> {
  return numbers(() => {
    const { x, projections, gradients } = inputs()
    const parts = cut(x)
    const projected = projections.map((projection) => project(parts, projection))
    const { x: ofX, matrices } = projectGradients(parts, projected, gradients)
    const outputs = projected.map(({ output }, i) => [`output ${i}`, output] as const)
    const ofMatrices = matrices.flatMap(({ w1, w2 }, i) => [[`w1 ${i}`, w1] as const, [`w2 ${i}`, w2] as const])
    return Object.fromEntries([...outputs, ['x', ofX] as const, ...ofMatrices])
  })
}

describeBackends('project', () => {
  test('many rows in parts give what all at once give', () => {
    tf.tidy(() => {
      expect(partsOfRows(inputs().x).map(({ shape }) => shape[0])).toEqual([512, 512, 176])
    })
    const [inParts, atOnce] = [compute(partsOfRows), compute((x) => [x])]
    expect(Object.keys(inParts)).toHaveLength(7)
    for (const [name, values] of Object.entries(inParts)) {
      expect(relativeError(values, atOnce[name]!), name).toBeLessThan(tolerance.float32)
    }
  })
})
