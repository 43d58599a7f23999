import type { Found, SearchRequest } from '../search/bank-search.ts'
import type { VectorBlock } from '../search/block-vectors.ts'
import type { Stretch } from '../search/plan-segments.ts'
import type { Precision, Segment } from '../search/segment.ts'

/** Which native code a thread may use. */
export type Native = 'none' | 'measured' | 'always'

/** What the main thread asks of a search thread; what has an answer is answered in order. */
export type SearchMessage =
  | { readonly type: 'open'; readonly native: Native }
  | { readonly type: 'block'; readonly dimension: number; readonly block: VectorBlock }
  | { readonly type: 'build'; readonly stretch: Stretch; readonly precision: Precision }
  | { readonly type: 'recode'; readonly segment: Segment; readonly precision: Precision }
  | { readonly type: 'segments'; readonly segments: readonly Segment[] }
  | { readonly type: 'search'; readonly request: SearchRequest }
  /** Forgets everything. */
  | { readonly type: 'close' }
  | { readonly type: 'end' }

export type SearchAnswer =
  | { readonly type: 'built'; readonly segment: Segment }
  | { readonly type: 'closed' }
  | { readonly type: 'found'; readonly found: Found }
  /** The call at hand failed; the thread goes on. */
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'failed'; readonly message: string }
