import type { Graph } from '@mode-ood/onnx-graph'

/** ONNX's number for float32, as `Cast` takes it. */
const float32 = 1

/**
 * How much of an anchor's loss each of its positives is: `weights` [count, count] holds 1 / |P(i)| where j ≠ i has i's label,
 * else 0; `hasPositives` [count, 1] holds 1 where there are any, else 0.
 *
 * @param labels int32 [count]
 * @param diagonal see `emitDiagonal`
 */
export function emitPositiveWeights(
  graph: Graph,
  labels: string,
  diagonal: string,
  count: number,
): { weights: string; hasPositives: string } {
  const node = (operation: string, ...inputs: string[]) => graph.node(operation, inputs)
  const column = node('Reshape', labels, graph.integers([count, 1]))
  const row = node('Reshape', labels, graph.integers([1, count]))
  const alike = node('And', node('Equal', column, row), node('Not', diagonal))
  const positives = graph.node('Cast', [alike], { to: float32 })
  const counts = graph.node('ReduceSum', [positives, graph.integers([1])], { keepdims: 1 })
  const one = graph.scalar(1)
  return { weights: node('Div', positives, node('Max', counts, one)), hasPositives: node('Min', counts, one) }
}
