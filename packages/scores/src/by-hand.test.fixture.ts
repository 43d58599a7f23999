import { createMatrix, type Head, type Matrix } from '@mode-ood/core'

/** A matrix from its rows. */
export const rows = (...values: readonly (readonly number[])[]): Matrix =>
  createMatrix(values.length, values[0]!.length, Float32Array.from(values.flat()))

/** A head from its weights and biases. */
export const headOf = (weight: readonly (readonly number[])[], bias: readonly number[]): Head => ({
  weight: rows(...weight),
  bias: Float32Array.from(bias),
})
