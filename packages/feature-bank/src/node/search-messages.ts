import type { Neighbors } from '@mode-ood/core'
import type { Search } from '../engine.ts'
import type { Part } from './shard.ts'

/** What the main thread asks of a search worker; calls are answered in order. */
export type SearchRequest =
  | { readonly type: 'add'; readonly data: Float32Array; readonly start: number; readonly dimension: number }
  /** Forgets all vectors. */
  | { readonly type: 'clear' }
  | {
      readonly type: 'search'
      readonly queries: Float32Array
      readonly k: number
      readonly keep: Search['keep']
      readonly limits: Int32Array<SharedArrayBuffer>
      readonly sharing: number
      /** Of the vectors that the thread holds, those to be searched. */
      readonly part: Part
    }
  | { readonly type: 'end' }

export type SearchReply =
  | { readonly type: 'found'; readonly neighbors: Neighbors }
  | { readonly type: 'failed'; readonly message: string }
