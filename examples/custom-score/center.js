import { defineScore, matrixRow, normalizeRows } from '@mode-ood/core'

/** A score that learns: the inner product with the sum of the training embeddings. What `fit` returns is saved and loaded. */
export default defineScore({
  name: 'center',
  needs: ['embedding'],
  async fit(training) {
    const center = []
    for await (const { embedding } of training)
      for (const [i, x] of normalizeRows(embedding).data.entries())
        center[i % embedding.columns] = x + (center[i % embedding.columns] ?? 0)
    return { center }
  },
  score({ embedding }, _, { center }) {
    const unit = normalizeRows(embedding)
    const product = (row) => row.reduce((sum, x, j) => sum + x * center[j], 0)
    return Float64Array.from({ length: unit.rows }, (__, i) => product(matrixRow(unit, i)))
  },
})
