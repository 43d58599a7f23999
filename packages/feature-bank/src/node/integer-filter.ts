import { createGraph } from '@mode-ood/onnx-graph'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { type Filter, largestMagnitude } from './filter.ts'
import { columnOf, emptyScore, openGroupMaxima, tileRows } from './group-maxima.ts'

/**
 * Scores from 8-bit codes: b ≈ scale·B with a scale a vector and B in -127..127, q ≈ scale·(Q - zero) with a scale a block.
 * Twice to four times the speed of float32. What the codes leave out is known, so by Cauchy and Schwarz
 * |q·b - q̂·b̂| ≤ |q̂|·|b - b̂| + |q - q̂|·|b|.
 */
export async function createIntegerFilter(center: Float32Array): Promise<Filter> {
  const dimension = center.length
  const { zero, top } = await queryCodes()
  const run = await openGroupMaxima((graph) =>
    graph.node(
      'MatMulIntegerToFloat',
      [
        graph.input('queries', 'uint8', ['n', dimension]),
        graph.input('columns', 'int8', [dimension, tileRows]),
        graph.input('queryScale', 'float32', []),
        graph.input('scales', 'float32', [tileRows]),
        graph.constant(Uint8Array.of(zero), []),
        '',
        graph.input('bias', 'float32', [tileRows]),
      ],
      {},
      { domain: 'com.microsoft' },
    ),
  )
  return {
    encodeTile({ data, rows }) {
      const columns = new Int8Array(dimension * tileRows)
      const scales = new Float32Array(tileRows)
      const bias = new Float32Array(tileRows).fill(emptyScore)
      let largest = 0
      let lost = 0
      for (let row = 0; row < rows; row++) {
        const column = columnOf(row)
        const start = row * dimension
        const scale = Math.fround(largestDifference(data, start, center) / 127)
        const perUnit = scale > 0 ? 1 / scale : 0
        let squares = 0
        let residual = 0
        for (let i = 0; i < dimension; i++) {
          const value = data[start + i]! - center[i]!
          const code = Math.max(-127, Math.min(127, Math.round(value * perUnit)))
          columns[i * tileRows + column] = code
          squares += value * value
          residual += (value - code * scale) ** 2
        }
        scales[column] = scale
        bias[column] = -squares / 2
        largest = Math.max(largest, squares)
        lost = Math.max(lost, residual)
      }
      const feeds = {
        columns: new Tensor('int8', columns, [dimension, tileRows]),
        scales: new Tensor('float32', scales, [tileRows]),
        bias: new Tensor('float32', bias, [tileRows]),
      }
      return { feeds, largestNorm: Math.sqrt(largest), largestResidual: Math.sqrt(lost) }
    },
    encodeQueries(queries) {
      const rows = queries.length / dimension
      const codes = new Uint8Array(queries.length)
      const squaredNorms = new Float64Array(rows)
      const residuals = new Float64Array(rows)
      let largest = 0
      for (let row = 0; row < rows; row++) {
        largest = Math.max(largest, largestDifference(queries, row * dimension, center))
      }
      const scale = Math.fround(largest / (top - zero))
      const perUnit = scale > 0 ? 1 / scale : 0
      for (let row = 0; row < rows; row++) {
        let squares = 0
        let residual = 0
        for (let i = 0, at = row * dimension; i < dimension; i++, at++) {
          const value = queries[at]! - center[i]!
          const code = Math.max(-zero, Math.min(top - zero, Math.round(value * perUnit)))
          codes[at] = code + zero
          squares += value * value
          residual += (value - code * scale) ** 2
        }
        squaredNorms[row] = squares
        residuals[row] = Math.sqrt(residual)
      }
      const feeds = {
        queries: new Tensor('uint8', codes, [rows, dimension]),
        queryScale: new Tensor('float32', Float32Array.of(scale), []),
      }
      return { feeds, rows, squaredNorms, residuals }
    },
    maxima: (queries, tile, into) => run({ ...queries.feeds, ...tile.feeds }, queries.rows, into),
    errorBound({ squaredNorms, residuals }, row, { largestNorm, largestResidual }) {
      const queryNorm = Math.sqrt(squaredNorms[row]!)
      const residual = residuals[row]!
      const magnitude = (queryNorm + residual) * (largestNorm + largestResidual) + largestNorm ** 2
      if (!(magnitude < largestMagnitude && queryNorm < largestMagnitude)) return Number.POSITIVE_INFINITY
      const encoding = (queryNorm + residual) * largestResidual + residual * largestNorm
      // The integer sum is exact; its conversion, two scalings and one addition round, and scales may be denormal.
      return 1.0001 * encoding + 2 ** -20 * magnitude + dimension * 1e-33
    },
  }
}

function largestDifference(data: Float32Array, start: number, center: Float32Array): number {
  let largest = 0
  for (let i = 0; i < center.length; i++) largest = Math.max(largest, Math.abs(data[start + i]! - center[i]!))
  return largest
}

/** Codes of queries: the full byte where the processor sums products exactly, seven bits where pairs of them saturate. */
interface QueryCodes {
  readonly zero: number
  readonly top: number
}

const fullByte: QueryCodes = { zero: 128, top: 255 }
const sevenBits: QueryCodes = { zero: 64, top: 127 }
let tested: Promise<QueryCodes> | undefined

function queryCodes(): Promise<QueryCodes> {
  return (tested ??= sumsExactly().then((exact) => (exact ? fullByte : sevenBits)))
}

/** x86 processors without VNNI add pairs of 8-bit products in 16 bits and saturate: the largest codes tell. */
async function sumsExactly(): Promise<boolean> {
  const [rows, length, columns] = [8, 64, 32]
  const graph = createGraph({ opset: 17 })
  const left = graph.input('left', 'uint8', [rows, length])
  const right = graph.input('right', 'int8', [length, columns])
  graph.output(graph.node('MatMulInteger', [left, right], {}, { name: 'sums' }), 'int32')
  const session = await InferenceSession.create(graph.encode(), { intraOpNumThreads: 1, logSeverityLevel: 4 })
  const { sums } = await session.run({
    left: new Tensor('uint8', new Uint8Array(rows * length).fill(255), [rows, length]),
    right: new Tensor('int8', new Int8Array(length * columns).fill(127), [length, columns]),
  })
  await session.release()
  return (sums!.data as Int32Array).every((sum) => sum === length * 255 * 127)
}
