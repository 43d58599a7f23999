import { createMatrix, createRandom, type Matrix, type Random } from '@mode-ood/core'

/** A bank and queries to search it with. */
export interface VectorSet {
  readonly name: string
  readonly bank: Matrix
  readonly queries: Matrix
}

/** Draws `rows` vectors of `dimension` components, component by component. */
function draw(rows: number, dimension: number, value: (row: number, i: number) => number): Matrix {
  return createMatrix(
    rows,
    dimension,
    Float32Array.from({ length: rows * dimension }, (_, at) => value(Math.floor(at / dimension), at % dimension)),
  )
}

function unit(matrix: Matrix): Matrix {
  const { rows, columns, data } = matrix
  for (let row = 0; row < rows; row++) {
    const vector = data.subarray(row * columns, (row + 1) * columns)
    const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0)) || 1
    for (let i = 0; i < columns; i++) vector[i] = vector[i]! / norm
  }
  return matrix
}

/** Unit vectors around `count` centers; `spread` is the size of the noise against the center's. */
function clustered(random: Random, rows: number, dimension: number, centers: Matrix, spread: number): Matrix {
  return unit(
    draw(rows, dimension, (row, i) => {
      const center = centers.data[(row % centers.rows) * dimension + i]!
      return center + (spread * random.normal()) / Math.sqrt(dimension)
    }),
  )
}

/** Banks of every kind that has ever upset a nearest-neighbour search, `rows` vectors and `queryRows` queries each. */
export function createVectorSets(rows: number, queryRows: number, dimension: number): VectorSet[] {
  const random = createRandom(`vector sets ${dimension}`)
  const gaussian = (count: number) => draw(count, dimension, () => random.normal())
  const set = (name: string, make: (count: number) => Matrix): VectorSet => ({
    name,
    bank: make(rows),
    queries: make(queryRows),
  })
  const centers = unit(gaussian(7))
  const one = unit(gaussian(1))
  const few = gaussian(5)
  const scaled = (scale: number) => (count: number) => draw(count, dimension, () => scale * random.normal())
  return [
    set('uniform', (count) => draw(count, dimension, () => random.uniform())),
    set('clustered', (count) => clustered(random, count, dimension, centers, 0.5)),
    set('tight (cosine .98)', (count) => clustered(random, count, dimension, one, 0.2)),
    set('duplicated', (count) => draw(count, dimension, (row, i) => few.data[(row % 5) * dimension + i]!)),
    set('all equal', (count) => draw(count, dimension, () => 0.3)),
    set('zero', (count) => draw(count, dimension, () => 0)),
    set('small integers', (count) => draw(count, dimension, () => random.integer(3))),
    set('far from the origin', (count) => draw(count, dimension, () => 1000 + random.normal() / 100)),
    set('norms from 1e-6 to 1e6', (count) => draw(count, dimension, (row) => 10 ** ((row % 13) - 6) * random.normal())),
    set('huge (1e30)', scaled(1e30)),
    set('largest float32', (count) => draw(count, dimension, () => (random.integer(2) ? 3.4e38 : -3.4e38))),
    set('tiny (1e-30)', scaled(1e-30)),
    set('smallest float32', (count) => draw(count, dimension, () => random.integer(3) * 1.4e-45)),
    set('one huge among small', (count) => draw(count, dimension, (row) => (row === 1 ? 1e30 : 1) * random.normal())),
  ]
}
