import type { Matrix } from '@mode-ood/core'
import { unitScale } from './unit-scale.ts'

/** Rows in float64, [rows, columns]. */
export interface Float64Rows {
  readonly rows: number
  readonly columns: number
  readonly data: Float64Array
}

/** A matrix in float64, its rows as they are or divided by their L2 norm; a zero row stays zero. */
export function toFloat64Rows({ rows, columns, data }: Matrix, form: 'raw' | 'unit'): Float64Rows {
  const wide = Float64Array.from(data)
  if (form === 'raw') return { rows, columns, data: wide }
  for (let start = 0; start < wide.length; start += columns) {
    const scale = unitScale(wide.subarray(start, start + columns))
    for (let at = start; at < start + columns; at++) wide[at]! *= scale
  }
  return { rows, columns, data: wide }
}
