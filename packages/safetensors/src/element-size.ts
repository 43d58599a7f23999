import type { DType } from '@mode-ood/core'

/** Bytes an element takes in a file, by element type. */
export const elementSize: Readonly<Record<DType, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1 }
