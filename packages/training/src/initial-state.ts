import { createRandom, type Random, type Tensor } from '@mode-ood/core'
import type { Initial, TrainingEntry } from './training-entries.ts'

/**
 * The tensors that training begins with. Each is drawn from a generator of its own, so a network begins alike whatever loss
 * or engine it is trained with.
 */
export function initialState(entries: readonly TrainingEntry[], seed: number): Map<string, Tensor> {
  const random = createRandom(seed).fork('weights')
  return new Map(
    entries.map(({ name, shape, initial }) => [
      name,
      { dtype: 'F32', shape, data: draw(initial, shape, random.fork(name)) },
    ]),
  )
}

function draw(initial: Initial, shape: readonly number[], random: Random): Float32Array {
  const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1))
  switch (initial.kind) {
    case 'constant':
      return data.fill(initial.value)
    case 'normal':
      return scale(random.fillNormal(data), initial.deviation)
    case 'uniform':
      return data.map(() => initial.bound * (2 * random.uniform() - 1))
    case 'unit-rows':
      return unitRows(data, shape.at(-1)!, random)
  }
}

function scale(data: Float32Array, factor: number): Float32Array {
  for (let i = 0; i < data.length; i++) data[i]! *= factor
  return data
}

/** Normal numbers, each row of `length` divided by its norm. */
function unitRows(data: Float32Array, length: number, random: Random): Float32Array {
  for (let start = 0; start < data.length; start += length) {
    const row = Float64Array.from({ length }, random.normal)
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))
    data.set(
      row.map((value) => value / norm),
      start,
    )
  }
  return data
}
