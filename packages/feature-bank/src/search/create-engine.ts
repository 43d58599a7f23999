import type { Engine } from '../engine.ts'
import { createEngineOfSearchers } from './engine-of-searchers.ts'
import { createLocalSearcher } from './local-searcher.ts'
import { createPause } from './pause.ts'
import type { Precision } from './segment.ts'

export interface SearchEngineOptions {
  readonly name: 'onnxruntime' | 'wasm'
  readonly precision: 'auto' | Precision
  /** Worker threads; 0 computes in the calling thread. */
  readonly threads: number
  /** Which native code may be used: none, onnxruntime where it is found to be faster, or onnxruntime always. */
  readonly native: 'none' | 'measured' | 'always'
  /** Whether vectors may lie in files. */
  readonly files?: boolean
  /** Vectors from which a segment is made; what pays unless given. */
  readonly smallestSegment?: number | undefined
}

/** The engine that filters and rescores, in the calling thread or in threads of its own. What only Node has is imported here. */
export async function createSearchEngine(options: SearchEngineOptions): Promise<Engine> {
  const { name, precision, threads, native, smallestSegment } = options
  if (threads > 0) {
    const { startSearchThread } = await import('../node/search-thread.ts')
    const searchers = Array.from({ length: threads }, () => startSearchThread(native))
    return createEngineOfSearchers({ name, searchers, precision, smallestSegment })
  }
  const offer = {
    measure: native === 'measured',
    open: async () => {
      const { createOnnxruntimeProduct } = await import('../node/onnxruntime-product.ts')
      return createOnnxruntimeProduct((compute) => compute())
    },
  }
  const files = options.files ? (await import('../node/file-access.ts')).createFileAccess() : undefined
  const searcher = createLocalSearcher(createPause(), native === 'none' ? undefined : offer, files)
  return createEngineOfSearchers({ name, searchers: [searcher], precision, smallestSegment })
}
