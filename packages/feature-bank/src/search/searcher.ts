import type { VectorBlock } from './block-vectors.ts'
import type { Found, SearchRequest } from './bank-search.ts'
import type { Stretch } from './plan-segments.ts'
import type { Precision, Segment } from './segment.ts'

/** What searches a bank, or a part of it, in one thread. Calls are carried out one after the other. */
export interface Searcher {
  /** Takes memory for vectors; before it is asked to build or search, those it is to read lie in it. */
  addBlock(dimension: number, block: VectorBlock): void
  build(stretch: Stretch, precision: Precision): Promise<Segment>
  /** The segment with codes of another precision. */
  recode(segment: Segment, precision: Precision): Promise<Segment>
  /** All segments, from the bank's first vector on without gaps. */
  setSegments(segments: readonly Segment[]): void
  search(request: SearchRequest): Promise<Found>
  close(): Promise<void>
}
