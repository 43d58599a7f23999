import { Tensor } from 'onnxruntime-node'
import { type Filter, largestMagnitude } from './filter.ts'
import { columnOf, emptyScore, openGroupMaxima, tileRows } from './group-maxima.ts'

/** Scores in float32: the vectors as columns over a row of -|b|²/2, the queries with a column of ones. */
export async function createFloatFilter(center: Float32Array): Promise<Filter> {
  const dimension = center.length
  const run = await openGroupMaxima((graph) =>
    graph.node('MatMul', [
      graph.input('queries', 'float32', ['n', dimension + 1]),
      graph.input('columns', 'float32', [dimension + 1, tileRows]),
    ]),
  )
  return {
    encodeTile({ data, rows }) {
      const columns = new Float32Array((dimension + 1) * tileRows)
      columns.fill(emptyScore, dimension * tileRows)
      let largest = 0
      for (let row = 0; row < rows; row++) {
        const column = columnOf(row)
        let squares = 0
        for (let i = 0; i < dimension; i++) {
          const value = data[row * dimension + i]! - center[i]!
          columns[i * tileRows + column] = value
          squares += value * value
        }
        columns[dimension * tileRows + column] = -squares / 2
        largest = Math.max(largest, squares)
      }
      const feeds = { columns: new Tensor('float32', columns, [dimension + 1, tileRows]) }
      return { feeds, largestNorm: Math.sqrt(largest), largestResidual: 0 }
    },
    encodeQueries(queries) {
      const rows = queries.length / dimension
      const extended = new Float32Array(rows * (dimension + 1)).fill(1)
      const squaredNorms = new Float64Array(rows)
      for (let row = 0; row < rows; row++) {
        let squares = 0
        for (let i = 0; i < dimension; i++) {
          const value = queries[row * dimension + i]! - center[i]!
          extended[row * (dimension + 1) + i] = value
          squares += value * value
        }
        squaredNorms[row] = squares
      }
      const feeds = { queries: new Tensor('float32', extended, [rows, dimension + 1]) }
      return { feeds, rows, squaredNorms, residuals: new Float64Array(rows) }
    },
    maxima: (queries, tile, into) => run({ ...queries.feeds, ...tile.feeds }, queries.rows, into),
    /**
     * n + 1 float32 products summed in any order, each factor itself rounded: relative error (n + 4) · 2⁻²⁴ of the sum of
     * magnitudes, and what denormal numbers lose.
     */
    errorBound({ squaredNorms }, row, { largestNorm }) {
      const queryNorm = Math.sqrt(squaredNorms[row]!)
      const magnitude = queryNorm * largestNorm + largestNorm ** 2
      if (!(magnitude < largestMagnitude && queryNorm < largestMagnitude)) return Number.POSITIVE_INFINITY
      const relative = (dimension + 4) * 2 ** -24
      return (1.01 * relative * magnitude) / (1 - relative) + (dimension + 4) * 1e-37
    },
  }
}
