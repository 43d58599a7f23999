import type { ConvolutionPlan } from '@mode-ood/backbones'
import type { GraphMap } from '../map-layout.ts'
import type { BlockedGraph } from './blocked-graph.ts'
import type { FilterExtents } from './filter-form.ts'
import type { MapExtents } from './map-extents.ts'

/** What the three passes of a convolution (its output, the gradients of its input and of its filter) work on. */
export interface ConvolutionParts {
  readonly blocked: BlockedGraph
  readonly input: GraphMap
  readonly inputExtents: MapExtents
  readonly outputExtents: MapExtents
  /** The filter's name. */
  readonly filter: string
  readonly filterExtents: FilterExtents
  readonly plan: ConvolutionPlan
}
