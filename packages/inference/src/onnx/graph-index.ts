import { graphOf, type ModelProto, type NodeProto, type TensorProto } from '@mode-ood/onnx-graph'

/** A graph with what a search needs at hand. */
export interface GraphIndex {
  /** In the order of the file, which is an order they can run in. */
  readonly nodes: readonly NodeProto[]
  readonly constants: ReadonlyMap<string, TensorProto>
  /** All tensors computed by nodes, inputs and constants. */
  readonly names: ReadonlySet<string>
  /** The node that computes a tensor. */
  producer(name: string): NodeProto | undefined
  /** Nodes that `name` depends on, the last first. */
  ancestors(name: string): NodeProto[]
}

export function indexGraph(model: ModelProto): GraphIndex {
  const graph = graphOf(model)
  const position = new Map<string, number>()
  for (const [i, node] of graph.node.entries())
    for (const output of node.output) if (output !== '') position.set(output, i)
  const producer = (name: string) => {
    const i = position.get(name)
    return i === undefined ? undefined : graph.node[i]
  }
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]))
  for (const node of graph.node) {
    const value = node.opType === 'Constant' ? node.attribute.find(({ name }) => name === 'value')?.t : undefined
    if (value) constants.set(node.output[0]!, value)
  }
  return {
    nodes: graph.node,
    constants,
    names: new Set([...position.keys(), ...constants.keys(), ...graph.input.map(({ name }) => name)]),
    producer,
    ancestors(name) {
      const found = new Set<number>()
      const open = [name]
      while (open.length > 0) {
        const i = position.get(open.pop()!)
        if (i === undefined || found.has(i)) continue
        found.add(i)
        open.push(...graph.node[i]!.input)
      }
      return [...found].sort((a, b) => b - a).map((i) => graph.node[i]!)
    },
  }
}

/** An integer attribute of a node. */
export function integerAttribute(node: NodeProto, name: string): number | undefined {
  const found = node.attribute.find((attribute) => attribute.name === name)
  return found && Number(found.i)
}

/** An attribute of integers. */
export function integersAttribute(node: NodeProto, name: string): number[] | undefined {
  return node.attribute.find((attribute) => attribute.name === name)?.ints.map(Number)
}
