import { ModeOodError } from '@mode-ood/core'
import type { Detection, Detector } from '@mode-ood/detector'
import type { ImageLoader } from '../load-image.ts'

/** Images of all requests, judged together. */
export interface Batcher {
  /** Images that wait or are being judged. */
  readonly waiting: number
  /** @throws ServerBusyError when more images wait than may. */
  detect(image: Uint8Array, nearest: number): Promise<Detection>
}

export interface BatcherOptions {
  readonly mostImages: number
  readonly mostWaiting: number
  readonly onBatch: (images: number) => void
}

/** More images wait than the server takes. */
export class ServerBusyError extends ModeOodError {
  override name = 'ServerBusyError'
}

interface Waiting {
  readonly image: Uint8Array
  readonly nearest: number
  readonly resolve: (detection: Detection) => void
  readonly reject: (error: unknown) => void
}

/** While one batch is searched in the bank, the network runs the next. */
const batchesAtOnce = 2

/**
 * Judges what is there as soon as the detector is free, up to `mostImages` at a time: nobody waits for others to come, and under load
 * batches grow by themselves. What else is in a batch changes answers
 * by no more than onnxruntime's rounding to float32.
 */
export function createBatcher(detector: Detector, loader: ImageLoader, options: BatcherOptions): Batcher {
  const { mostImages, mostWaiting, onBatch } = options
  const queue: Waiting[] = []
  let running = 0
  let judging = 0
  const work = async (): Promise<void> => {
    const batch = queue.splice(0, mostImages)
    running++
    judging += batch.length
    onBatch(batch.length)
    try {
      const nearest = Math.max(...batch.map((one) => one.nearest))
      const detections = await detector.detect(loader.stack(batch.map(({ image }) => image)), { nearest })
      for (const [i, one] of batch.entries()) one.resolve(trim(detections[i]!, one.nearest))
    } catch (error) {
      for (const one of batch) one.reject(error)
    } finally {
      running--
      judging -= batch.length
      start()
    }
  }
  const start = () => {
    if (queue.length === 0 || running >= batchesAtOnce) return
    void work()
    start()
  }
  return {
    get waiting() {
      return queue.length + judging
    },
    detect(image, nearest) {
      if (queue.length >= mostWaiting) {
        return Promise.reject(new ServerBusyError(`${mostWaiting} images are waiting already: try again later`))
      }
      return new Promise((resolve, reject) => {
        queue.push({ image, nearest, resolve, reject })
        // What arrives in the same turn of the event loop becomes one batch.
        setImmediate(start)
      })
    },
  }
}

/** Only what this image was asked for: others of its batch may want more. */
function trim({ view, nearest, ...detection }: Detection, count: number): Detection {
  if (count === 0 || !nearest) return detection
  return { ...detection, ...(view !== undefined && { view }), nearest: nearest.slice(0, count) }
}
