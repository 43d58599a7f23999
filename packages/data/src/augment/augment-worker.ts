// A worker thread that augments batches; see augmenter.ts.
import { parentPort, workerData } from 'node:worker_threads'
import { createAugmentBatch } from './augment-batch.ts'
import type { AugmentReply, AugmentRequest } from './augment-messages.ts'

const augment = createAugmentBatch(workerData)
const port = parentPort!

port.on('message', ({ id, batch, epoch }: AugmentRequest) => {
  const images = augment(batch, epoch)
  const reply: AugmentReply = { id, images }
  port.postMessage(reply, [images.data.buffer as ArrayBuffer])
})
