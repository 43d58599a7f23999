import { Worker } from 'node:worker_threads'
import { type Images, ModeOodError } from '@mode-ood/core'
import type { ImageBatch } from '../dataset.ts'
import { type AugmentBatchOptions, createAugmentBatch } from './augment-batch.ts'
import type { AugmentReply, AugmentRequest } from './augment-messages.ts'

/** Augments batches, on threads of its own or on the caller's. */
export interface Augmenter {
  /** What `createAugmentBatch` gives for the batch, the same bits on any thread. Takes the batch's pixels away from the caller. */
  augment(batch: ImageBatch, epoch: number): Promise<Images>
  close(): Promise<void>
}

export interface AugmenterOptions extends AugmentBatchOptions {
  /** Worker threads; 0 works on the caller's thread. 1 by default. */
  readonly threads?: number
}

interface Pending {
  readonly resolve: (images: Images) => void
  readonly reject: (error: Error) => void
}

/** @throws InvalidOptionError when a mean is not finite or a std not positive. */
export function openAugmenter({ threads = 1, ...options }: AugmenterOptions): Augmenter {
  const augmentHere = createAugmentBatch(options)
  if (threads === 0) {
    return { augment: async (batch, epoch) => augmentHere(batch, epoch), close: async () => {} }
  }
  const workers = Array.from({ length: threads }, () => startWorker(options))
  return {
    augment: (batch, epoch) => workers.toSorted((a, b) => a.load() - b.load())[0]!.augment(batch, epoch),
    async close() {
      await Promise.all(workers.map((worker) => worker.end()))
    },
  }
}

interface AugmentWorker {
  /** Batches it has not answered yet. */
  load(): number
  augment(batch: ImageBatch, epoch: number): Promise<Images>
  end(): Promise<void>
}

function startWorker(options: AugmentBatchOptions): AugmentWorker {
  const script = import.meta.url.endsWith('.ts') ? './augment-worker-from-source.mjs' : './augment-worker.js'
  // A worker inherits the options of the process, but refuses to start from a file under --input-type.
  const execArgv = process.execArgv.filter((option) => !option.startsWith('--input-type'))
  const worker = new Worker(new URL(script, import.meta.url), { workerData: options, execArgv })
  // An idle worker does not keep the process alive.
  worker.unref()
  const pending = new Map<number, Pending>()
  let failure: Error | undefined
  let nextId = 0
  const settle = (id: number, how: (job: Pending) => void) => {
    const job = pending.get(id)
    pending.delete(id)
    if (pending.size === 0) worker.unref()
    if (job) how(job)
  }
  const fail = (reason: string, cause?: unknown) => {
    failure ??= new ModeOodError(`augmentation: ${reason}`, { cause })
    for (const id of pending.keys()) settle(id, ({ reject }) => reject(failure!))
  }
  worker.on('message', ({ id, images }: AugmentReply) => settle(id, ({ resolve }) => resolve(images)))
  worker.on('error', (error: Error) => fail(`a worker thread failed: ${error.message}`, error))
  worker.on('exit', () => fail('its worker threads have ended'))
  return {
    load: () => pending.size,
    augment({ labels: _, ...batch }, epoch) {
      if (failure) return Promise.reject(failure)
      return new Promise((resolve, reject) => {
        const id = nextId++
        if (pending.size === 0) worker.ref()
        pending.set(id, { resolve, reject })
        // Part of a larger memory cannot be handed over without the rest.
        const data = batch.data.byteLength === batch.data.buffer.byteLength ? batch.data : batch.data.slice()
        const request: AugmentRequest = { id, batch: { ...batch, data }, epoch }
        worker.postMessage(request, [data.buffer as ArrayBuffer])
      })
    },
    async end() {
      await worker.terminate()
    },
  }
}
