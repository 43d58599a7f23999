import type { Detection, Detector } from '@mode-ood/detector'
import type { ImageLoader } from '../load-image.ts'

/** Images of all requests, judged together. */
export interface Batcher {
  detect(image: Uint8Array, nearest: number): Promise<Detection>
}

export interface BatcherOptions {
  readonly mostImages: number
  readonly onBatch: (images: number) => void
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
 * batches grow by themselves. Images to explain and others make batches of their own, as explaining takes far longer than judging.
 * What else is in a batch changes answers by no more than onnxruntime's rounding to float32.
 */
export function createBatcher(detector: Detector, loader: ImageLoader, options: BatcherOptions): Batcher {
  const { mostImages, onBatch } = options
  let queue: Waiting[] = []
  let running = 0
  const work = async (): Promise<void> => {
    const batch = takeAlike(queue, mostImages)
    const taken = new Set(batch)
    queue = queue.filter((one) => !taken.has(one))
    running++
    onBatch(batch.length)
    try {
      const nearest = Math.max(...batch.map((one) => one.nearest))
      const detections = await detector.detect(loader.stack(batch.map(({ image }) => image)), { nearest })
      for (const [i, one] of batch.entries()) one.resolve(trim(detections[i]!, one.nearest))
    } catch (error) {
      for (const one of batch) one.reject(error)
    } finally {
      running--
      start()
    }
  }
  const start = () => {
    if (queue.length === 0 || running >= batchesAtOnce) return
    void work()
    start()
  }
  return {
    detect(image, nearest) {
      return new Promise((resolve, reject) => {
        queue.push({ image, nearest, resolve, reject })
        // What arrives in the same turn of the event loop becomes one batch.
        setImmediate(start)
      })
    },
  }
}

/** The first, and those behind it that are to be explained or not to be as it is. */
function takeAlike(queue: readonly Waiting[], most: number): Waiting[] {
  const isExplained = queue[0]!.nearest > 0
  return queue.filter(({ nearest }) => nearest > 0 === isExplained).slice(0, most)
}

/** Only what this image was asked for: others of its batch may want more. */
function trim({ view, nearest, ...detection }: Detection, count: number): Detection {
  if (count === 0 || !nearest) return detection
  return { ...detection, ...(view !== undefined && { view }), nearest: nearest.slice(0, count) }
}
