// A worker thread that searches banks, one after the other; see search-thread.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { InvalidFileError } from '@mode-ood/core'
import { createLocalSearcher } from '../search/local-searcher.ts'
import type { Searcher } from '../search/searcher.ts'
import { createFileAccess } from './file-access.ts'
import { computeUnlessStopped, type SearchControl } from './search-control.ts'
import type { Native, SearchAnswer, SearchMessage } from './search-messages.ts'

const { control }: { readonly control: SearchControl } = workerData
const port = parentPort!
let searcher: Searcher = open('none')
let last: Promise<void> = Promise.resolve()

port.on('message', (message: SearchMessage) => {
  last = last.then(async () => {
    try {
      await handle(message)
    } catch (error) {
      // Files may be readable again when the next call is made.
      const type = error instanceof InvalidFileError ? 'refused' : 'failed'
      answer({ type, message: error instanceof Error ? error.message : String(error) })
    }
  })
})

async function handle(message: SearchMessage): Promise<void> {
  switch (message.type) {
    case 'open':
      searcher = open(message.native)
      return
    case 'block':
      searcher.addBlock(message.dimension, message.block)
      return
    case 'build':
      answer({ type: 'built', segment: await searcher.build(message.stretch, message.precision) })
      return
    case 'recode':
      answer({ type: 'built', segment: await searcher.recode(message.segment, message.precision) })
      return
    case 'segments':
      searcher.setSegments(message.segments)
      return
    case 'search': {
      const found = await searcher.search(message.request)
      const { distances, indices } = found.neighbors
      answer({ type: 'found', found }, [distances.buffer, indices.buffer] as ArrayBuffer[])
      return
    }
    case 'close':
      await searcher.close()
      answer({ type: 'closed' })
      return
    case 'end':
      port.close()
  }
}

function open(native: Native): Searcher {
  const never = () => undefined
  if (native === 'none') return createLocalSearcher(never, undefined, createFileAccess())
  const offer = {
    measure: native === 'measured',
    open: async () => {
      const { createOnnxruntimeProduct } = await import('./onnxruntime-product.ts')
      return createOnnxruntimeProduct((compute) => computeUnlessStopped(control, compute))
    },
  }
  return createLocalSearcher(never, offer, createFileAccess())
}

function answer(message: SearchAnswer, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}
