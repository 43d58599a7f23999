import { defineScore, matrixRow } from '@mode-ood/core'

/** The margin between the two largest logits. */
export default defineScore({
  name: 'margin',
  needs: ['logits'],
  score: ({ logits }) =>
    Float64Array.from({ length: logits.rows }, (_, i) => {
      const [first, second] = [...matrixRow(logits, i)].sort((a, b) => b - a)
      return first - second
    }),
})
