import { createRandom } from '@mode-ood/core'
import { expect, test } from 'vitest'
import { structuralComponents } from './structural-components.ts'

const won = (a: number, b: number) => (a > b ? 1 : a === b ? 0.5 : 0)
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)

test('equal the comparison of every pair, in the order of the images', () => {
  const random = createRandom('components')
  for (let round = 0; round < 60; round++) {
    const draw = () => Array.from({ length: 1 + random.integer(30) }, () => random.integer([1, 4, 1000][round % 3]!))
    const id = draw()
    const ood = draw()
    const components = structuralComponents(id, ood)
    expect([...components.id]).toEqual(id.map((a) => sum(ood.map((b) => won(a, b)))))
    expect([...components.ood]).toEqual(ood.map((b) => sum(id.map((a) => won(a, b)))))
  }
})
