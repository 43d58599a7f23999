/** Decoded images: [count, height, width, 3] RGB bytes. */
export interface ImageBatch {
  readonly count: number
  readonly height: number
  readonly width: number
  readonly data: Uint8Array
  /** Class of each image; null when the set has none. */
  readonly labels: Int32Array | null
  /** Position of each image in the set, counted before anything was skipped. */
  readonly indices: Int32Array
}

/** An image that could not be decoded and was left out. */
export interface SkippedImage {
  readonly file: string
  /** What is wrong with it, without the file's name. */
  readonly reason: string
}

/** What {@link Dataset.batches} is asked for. */
export interface BatchOptions {
  readonly batchSize: number
  /** Positions to read, in this order; all of them, in order, by default. */
  readonly indices?: readonly number[]
  /** Stop after the first so many of the positions. */
  readonly limit?: number
  readonly signal?: AbortSignal
  /** Called once for every image left out; only sets opened with `skipCorrupt` leave any out. */
  readonly onSkip?: (skipped: SkippedImage) => void
}

/** A set of images of one size that is read again and again from its files and never held in memory. */
export interface Dataset {
  readonly name: string
  /** Number of images, unreadable ones included. */
  readonly count: number
  readonly height: number
  readonly width: number
  /** Class names, position = label, when the format knows them. */
  readonly classes: readonly string[] | null
  readonly labelled: boolean
  /** What a person calls image `index`: 'dtd/banded/banded_0002.jpg', 'test_a.bin#17'. */
  describe(index: number): string
  /**
   * The images in batches, all full but the last; the next batch is read while the current one is worked on. Leaving the
   * loop early stops the reading. Errors come where the image would have come.
   */
  batches(options: BatchOptions): AsyncIterable<ImageBatch>
  /**
   * SHA-256 in hex over everything that determines pixels and labels: file contents, their order, class names, the
   * transform, the decoder's version. Modification times and absolute paths do not matter. Reads all files once.
   */
  contentHash(): Promise<string>
}
