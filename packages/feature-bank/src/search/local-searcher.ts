import { BankSearch } from './bank-search.ts'
import { BlockVectors } from './block-vectors.ts'
import { buildSegment, recodeSegment } from './build-segment.ts'
import type { FileAccess } from './file-access.ts'
import type { NativeOffer } from './filters.ts'
import type { Searcher } from './searcher.ts'
import type { Pause } from './segment-search.ts'

/** Searches in the calling thread. */
export function createLocalSearcher(pause: Pause, native?: NativeOffer, files?: FileAccess): Searcher {
  let vectors: BlockVectors | undefined
  let search: BankSearch | undefined
  return {
    addBlock(dimension, block) {
      vectors ??= new BlockVectors(dimension, files)
      search ??= new BankSearch(vectors, pause, native, files)
      vectors.addBlock(block)
    },
    build: async ({ from, rows }, precision) => buildSegment(vectors!, from, rows, precision),
    recode: async (segment, precision) => recodeSegment(vectors!, segment, precision),
    setSegments: (segments) => search!.setSegments(segments),
    search: (request) => search!.search(request),
    async close() {
      vectors = undefined
      search = undefined
      files?.close()
    },
  }
}
