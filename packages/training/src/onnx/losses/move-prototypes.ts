import type { Graph } from '@mode-ood/onnx-graph'
import type { Tape } from '../tape.ts'
import { emitBatchRounds } from './batch-rounds.ts'
import { emitUnitRows, emitUnitRowsGradient } from './unit-rows.ts'

export interface MovePrototypesOptions {
  /** How much of a prototype stays at each update. */
  readonly momentum: number
  readonly classes: number
  readonly count: number
  /** Extent of the vectors. */
  readonly dimension: number
}

/**
 * Moves prototypes [classes, dimension] by unit vectors [count, dimension] with `labels` int32 [count], one after the other
 * in batch order: μ_c := normalise(α μ_c + (1 - α) z). The prototypes that come in are divided by their norms, which makes an
 * average over workers one again, and are constants; the gradient of the result goes to the vectors.
 *
 * One `Scan` over rounds forwards, one backwards.
 */
export function emitMovePrototypes(
  tape: Tape,
  prototypes: string,
  vectors: string,
  labels: string,
  options: MovePrototypesOptions,
): string {
  const { graph } = tape
  const { momentum, classes, count, dimension } = options
  const { members, places } = emitBatchRounds(graph, labels, count, classes)
  const nothing = graph.constant(new Float32Array(dimension), [1, dimension])
  const extended = graph.node('Concat', [vectors, nothing], { axis: 0 })
  const arrived = graph.node('Gather', [extended, members], { axis: 0 })
  const isMember = graph.node('Less', [members, graph.integers([count])])
  const present = graph.node('Unsqueeze', [isMember, graph.integers([-1])])

  const forward = { body: moveBody(graph, options).model.graph, num_scan_inputs: 2 }
  const start = emitUnitRows(graph, prototypes).unit
  const [moved, units, norms] = graph.nodeWithOutputs('Scan', [start, arrived, present], 3, forward) as [
    string,
    string,
    string,
  ]
  tape.record(moved, (gradient) => {
    const backward = {
      body: moveGradientBody(graph, options).model.graph,
      num_scan_inputs: 3,
      scan_input_directions: [1, 1, 1],
      scan_output_directions: [1],
    }
    const inputs = [gradient, units, norms, present]
    const [, slopes] = graph.nodeWithOutputs('Scan', inputs, 2, backward) as [string, string]
    const ofMoved = graph.node('GatherND', [slopes, places])
    tape.addGradient(vectors, graph.node('Mul', [ofMoved, graph.scalar(1 - momentum)]))
  })
  return moved
}

/** One round: the state is the prototypes; outputs their unit vectors and norms. Absent classes stay as they are. */
function moveBody(graph: Graph, { momentum, classes, dimension }: MovePrototypesOptions): Graph {
  const body = graph.subgraph('move-prototypes')
  const state = body.input('prototypes.before', 'float32', [classes, dimension])
  const arrived = body.input('prototypes.arrived', 'float32', [classes, dimension])
  const present = body.input('prototypes.present', 'bool', [classes, 1])
  const kept = body.node('Mul', [state, body.scalar(momentum)])
  const added = body.node('Mul', [arrived, body.scalar(1 - momentum)])
  const { unit, norms } = emitUnitRows(body, body.node('Add', [kept, added]))
  const next = body.node('Where', [present, unit, state])
  body.output(next, 'float32', [classes, dimension])
  body.output(body.node('Identity', [unit]), 'float32', [classes, dimension])
  body.output(norms, 'float32', [classes, 1])
  return body
}

/** One round backwards: the state is the gradient of the prototypes after it, then before it; output that of their sums. */
function moveGradientBody(graph: Graph, { momentum, classes, dimension }: MovePrototypesOptions): Graph {
  const body = graph.subgraph('move-prototypes-gradient')
  const state = body.input('prototypes.slope', 'float32', [classes, dimension])
  const unit = body.input('prototypes.unit', 'float32', [classes, dimension])
  const norms = body.input('prototypes.norms', 'float32', [classes, 1])
  const present = body.input('prototypes.were-present', 'bool', [classes, 1])
  const ofSum = emitUnitRowsGradient(body, state, unit, norms)
  const before = body.node('Where', [present, body.node('Mul', [ofSum, body.scalar(momentum)]), state])
  body.output(before, 'float32', [classes, dimension])
  body.output(ofSum, 'float32', [classes, dimension])
  return body
}
