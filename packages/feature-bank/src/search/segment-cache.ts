import type { Stretch } from './plan-segments.ts'
import type { Precision, Segment } from './segment.ts'

/** Keeps prepared vectors of a bank that was opened from a disk. */
export interface SegmentCache {
  /** Numbers in vectors that a segment may have, so that preparing it stays within memory; absent where all fits. */
  readonly mostNumbers?: number | undefined
  /** What was kept of the stretch; null where nothing was, or nothing that still fits. */
  load(stretch: Stretch, precision: Precision): Promise<Segment | null>
  /** Keeps a segment; the one returned is to be used, whose codes may have left the memory. */
  store(segment: Segment): Promise<Segment>
}
