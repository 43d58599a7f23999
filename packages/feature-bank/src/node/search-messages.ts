import type { Neighbors } from '@mode-ood/core'

/** What the main thread asks of a search worker; calls are answered in order. */
export type SearchRequest =
  | { readonly type: 'add'; readonly data: Float32Array; readonly start: number; readonly dimension: number }
  | {
      readonly type: 'search'
      readonly queries: Float32Array
      readonly k: number
      readonly limits: Int32Array<SharedArrayBuffer>
      readonly sharing: number
    }
  | { readonly type: 'end' }

export type SearchReply =
  | { readonly type: 'found'; readonly neighbors: Neighbors }
  | { readonly type: 'failed'; readonly message: string }
