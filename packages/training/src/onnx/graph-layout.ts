import type { BackboneSpec } from '@mode-ood/backbones'
import type { Graph } from '@mode-ood/onnx-graph'
import type { TrainingEntry } from '../training-entries.ts'
import type { MapLayout } from './map-layout.ts'
import type { StateVariable } from './state-variable.ts'
import type { Tape } from './tape.ts'

export interface MapOptions {
  readonly batchNormEpsilon: number
  /**
   * `training`: batch normalisation by the batch's statistics, reported by `observe`; `evaluation`: by the running ones,
   * nothing is recorded.
   */
  readonly mode: 'training' | 'evaluation'
  /**
   * Says what the batch shows of a running statistic, in the statistic's shape in the graph: the mean, the variance divided
   * by n - 1. The step moves the running one a tenth of the way.
   */
  observe(statistic: string, value: string): void
}

export interface MultiplyAddTerms {
  readonly factor: string
  readonly x: string
  readonly y: string
}

/** A way to write a network's graphs. Two exist: of plain operators, and in the runtime's blocked layout. */
export interface GraphLayout {
  readonly name: 'plain' | 'blocked'
  /** Operator sets beside ONNX's own. */
  readonly domains?: Readonly<Record<string, number>>
  /** Why it cannot hold a network's maps for images of this size, in half a sentence; `undefined` when it can. */
  refusal(spec: BackboneSpec, height: number, width: number): string | undefined
  /** Where tensors lie in memory between steps: see `planVariables`. */
  variables(entries: readonly TrainingEntry[]): StateVariable[]
  /** The layers of a network, written on a tape. The graph has all tensors by their names already. */
  maps(tape: Tape, options: MapOptions): MapLayout
  /**
   * factor · x + y element by element: `factor` a scalar (without dimensions), the others of one variable's shape. What the
   * optimiser is made of. `name` names the result.
   */
  multiplyAdd(graph: Graph, terms: MultiplyAddTerms, name?: string): string
}
