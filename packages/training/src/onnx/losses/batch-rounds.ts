import { type Graph, tensor } from '@mode-ood/onnx-graph'

/** ONNX's numbers for element types, as `Cast` takes them. */
const castTo = { int32: 6, int64: 7 } as const

/** A batch in rounds: round r holds the r-th member of every class that has so many. */
export interface BatchRounds {
  /** int64 [rounds, classes]: the index in the batch of every class's member, `count` where a class has none. */
  readonly members: string
  /** int64 [count, 2]: round and class of every item of the batch. */
  readonly places: string
}

/**
 * Divides a batch into rounds, so that what goes in batch order within a class is done for all classes at once. There are as
 * many rounds as the most frequent class has items, known when the graph runs.
 *
 * @param labels int32 [count]
 */
export function emitBatchRounds(graph: Graph, labels: string, count: number, classes: number): BatchRounds {
  const node = (operation: string, ...names: string[]) => graph.node(operation, names)
  const classIndex = graph.constant(
    Int32Array.from({ length: classes }, (_, i) => i),
    [1, classes],
  )
  const column = node('Reshape', labels, graph.integers([count, 1]))
  const member = graph.node('Cast', [node('Equal', column, classIndex)], { to: castTo.int32 })
  const upToHere = node('CumSum', member, graph.constant(Int32Array.of(0), []))
  const ordinal = graph.node('ReduceSum', [node('Mul', member, upToHere), graph.integers([1])], { keepdims: 1 })
  const wide = (of: string) => graph.node('Cast', [of], { to: castTo.int64 })
  const round = node('Sub', wide(ordinal), graph.integers([1]))
  const places = graph.node('Concat', [round, wide(column)], { axis: 1 })

  const rounds = graph.node('ReduceMax', [wide(ordinal)], { keepdims: 0 })
  const extents = graph.node('Concat', [node('Reshape', rounds, graph.integers([1])), graph.integers([classes])], {
    axis: 0,
  })
  const absent = tensor(BigInt64Array.of(BigInt(count)), [1])
  const nobody = graph.node('ConstantOfShape', [extents], { value: absent })
  const items = graph.integers(Array.from({ length: count }, (_, i) => i))
  return { members: node('ScatterND', nobody, places, items), places }
}
