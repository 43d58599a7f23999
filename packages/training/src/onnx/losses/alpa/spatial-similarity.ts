import type { Tape } from '../../tape.ts'
import { type Aggregation, emitAggregate, emitAggregateGradient } from './aggregation.ts'
import { type AskingBatch, emitAfter, emitAskingColumns, emitAskingRows, emitSplit } from './asking-chunks.ts'
import { type Answers, type Attention, emitAttention } from './attention.ts'
import { emitAttentionGradients } from './attention-gradients.ts'
import { type AlpaMemory, type Chunk, planChunks } from './plan-chunks.ts'
import { emitUnitValues } from './unit-values.ts'

/** What is projected from positions: rows [count · positions, dimension]. */
export interface Projected {
  readonly queries: string
  readonly keys: string
  readonly values: string
}

export interface SpatialBatch {
  readonly count: number
  readonly positions: number
  readonly dimension: number
  readonly memory: AlpaMemory
}

/**
 * How alike every two images are, [count, count]: each asks the other, the cosines of both directions are added position by
 * position and aggregated. Chunks of asking images go through the graph one after the other; on the way back, what was not
 * kept of them is computed again.
 *
 * Tensors lie as [answering image, its position, asking position]: all large products are plain ones, and sums over an
 * answer's positions run along contiguous rows.
 */
export function emitSpatialSimilarity(
  tape: Tape,
  projected: Projected,
  batch: SpatialBatch,
  aggregation: Aggregation,
): string {
  const { graph } = tape
  const { count, positions } = batch
  const asking: AskingBatch = {
    queries: emitScaled(tape, projected.queries, 1 / Math.sqrt(batch.dimension)),
    units: emitUnitValues(tape, projected.values),
  }
  const answers = emitAnswers(tape, projected, batch)
  const chunks = planChunks(count, positions, batch.memory)
  const columns = emitAskingColumns(graph, asking, rowsOf(chunks, positions))
  const attentions = columns.map((chunk) => emitAttention(graph, answers, chunk))
  const byPair = attentions.map(({ cosines }, i) =>
    graph.node('Reshape', [cosines, graph.integers([count, chunks[i]!.images, positions])]),
  )
  const oneWay = graph.node('Concat', byPair, { axis: 1 })
  const pairs = graph.node('Add', [oneWay, graph.node('Transpose', [oneWay], { perm: [1, 0, 2] })])
  const similarity = emitAggregate(graph, pairs, aggregation)
  tape.record(similarity, (gradient) => {
    const bothWays = graph.node('Add', [gradient, graph.node('Transpose', [gradient], { perm: [1, 0] })])
    const ofImages = graph.node('Reshape', [bothWays, graph.integers([count, count, 1])])
    const ofPairs = emitAggregateGradient(graph, pairs, [count, count, positions], ofImages, aggregation)
    emitBackward(tape, { asking, answers, chunks, attentions }, ofPairs, gradient)
  })
  return similarity
}

interface ForwardPass {
  readonly asking: AskingBatch
  readonly answers: Answers
  readonly chunks: readonly Chunk[]
  readonly attentions: readonly Attention[]
}

/** `ofCosines`: [count, count, positions] by answering and asking image; `start` is known only when the way back begins. */
function emitBackward(tape: Tape, forward: ForwardPass, ofCosines: string, start: string): void {
  const { graph } = tape
  const { asking, answers, chunks, attentions } = forward
  const { count, positions } = answers
  const rows = rowsOf(chunks, positions)
  const ofChunks = emitSplit(
    graph,
    ofCosines,
    1,
    chunks.map(({ images }) => images),
  )
  const isAllKept = chunks.every(({ isKept }) => isKept)
  const again = isAllKept ? [] : emitAskingColumns(graph, emitAfter(graph, asking, start), rows)
  const gradients = emitAskingRows(graph, asking, rows).map((chunk, i) => {
    const attention = chunks[i]!.isKept ? attentions[i]! : emitAttention(graph, answers, again[i]!)
    const ofChunk = graph.node('Reshape', [ofChunks[i]!, graph.integers([count, 1, rows[i]!])])
    return emitAttentionGradients(tape, answers, chunk, attention, ofChunk)
  })
  const join = (parts: string[]) => graph.node('Concat', parts, { axis: 0 })
  tape.addGradient(asking.queries, join(gradients.map(({ queries }) => queries)))
  tape.addGradient(asking.units, join(gradients.map(({ units }) => units)))
  for (const { gram } of gradients) tape.addGradient(answers.gram, gram)
}

function rowsOf(chunks: readonly Chunk[], positions: number): number[] {
  return chunks.map(({ images }) => images * positions)
}

function emitScaled(tape: Tape, rows: string, factor: number): string {
  const scale = (tensor: string) => tape.graph.node('Mul', [tensor, tape.graph.scalar(factor)])
  const scaled = scale(rows)
  tape.record(scaled, (gradient) => tape.addGradient(rows, scale(gradient)))
  return scaled
}

function emitAnswers(tape: Tape, { keys, values }: Projected, { count, positions, dimension }: SpatialBatch): Answers {
  const { graph } = tape
  const byImage = graph.node('Reshape', [values, graph.integers([count, positions, dimension])])
  const gram = graph.node('MatMul', [byImage, graph.node('Transpose', [byImage], { perm: [0, 2, 1] })])
  tape.record(gram, (gradient) => {
    // The gradient is symmetric, so both factors of the product get the same.
    const both = graph.node('Add', [gradient, gradient])
    const ofImages = graph.node('MatMul', [both, byImage])
    tape.addGradient(values, graph.node('Reshape', [ofImages, graph.integers([count * positions, dimension])]))
  })
  return { count, positions, keys, values, gram }
}
