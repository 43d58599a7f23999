import { readdirSync } from 'node:fs'
import { createMatrix, type Matrix } from '@mode-ood/core'
import { expect } from 'vitest'
import { createFeatureBank, openFeatureBank } from '../index.ts'

/** Vectors whose position can be told: row i is [i, i²]. */
export function rows(from: number, to: number): Matrix {
  return createMatrix(
    to - from,
    2,
    Float32Array.from({ length: 2 * (to - from) }, (_, at) => (from + (at >> 1)) ** (1 + (at % 2))),
  )
}

export const labels = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: to - from }, (_, i) => (from + i) % 3)

export async function saveRows(directory: string, count: number): Promise<void> {
  const bank = await createFeatureBank()
  await bank.add(rows(0, count), labels(0, count))
  await bank.save(directory)
  await bank.close()
}

export const shardsOf = (directory: string): string[] =>
  readdirSync(directory)
    .filter((file) => file.startsWith('vectors-'))
    .sort()

export async function expectRows(directory: string, count: number): Promise<void> {
  const bank = await openFeatureBank(directory)
  expect(bank.size).toBe(count)
  const { distances, indices } = await bank.search(rows(0, count), 1)
  expect([...indices]).toEqual(Array.from({ length: count }, (_, i) => i))
  expect(Math.max(...distances)).toBe(0)
  await bank.close()
}
