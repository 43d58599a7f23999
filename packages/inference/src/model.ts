import type { FeatureMap, Head, Images, Matrix, Normalization, Views } from '@mode-ood/core'
import type { OutputName } from '@mode-ood/backbones'

/** Everything a model can say about images; row i belongs to image i. */
export interface InferenceOutputs {
  /** Before softmax, [count, classes]. */
  readonly logits: Matrix
  /** The vector that enters the classifier, [count, dimension]; not normalised. */
  readonly embedding: Matrix
  /** The last map before global pooling, [count, height, width, channels]. */
  readonly featureMap: FeatureMap
  /** The six multi-scale views of the map, [count, 6, channels], each of unit length. */
  readonly views: Views
}

export interface ImageSize {
  readonly height: number
  readonly width: number
}

/** Images as they are stored, and the constants that normalise them, which the workers do. */
export interface ByteImages {
  readonly count: number
  readonly height: number
  readonly width: number
  /** Red, green and blue of every pixel, [count, height, width, 3]. */
  readonly data: Uint8Array
  readonly normalization: Normalization
}

export interface RunOptions<Name extends OutputName> {
  /** What to return; everything the model has by default. Leave `featureMap` out where it is not needed: it is large. */
  readonly outputs?: readonly Name[]
}

/** A network ready to run, with its worker threads. `Name` is what it can give. */
export interface Model<Name extends OutputName = OutputName> {
  /** The architecture, or the path of the ONNX file. */
  readonly name: string
  /** Height and width every image must have. */
  readonly inputSize: ImageSize
  /** Number of logits; 0 for a model without. */
  readonly classes: number
  /** Length of the embedding. */
  readonly dimension: number
  /** What `run` can return. */
  readonly outputs: readonly Name[]
  /** The final linear layer; undefined where the model has none, or an ONNX file does not hold it as plain constants. */
  readonly head: Head | undefined
  /** Worker threads, each with a single-threaded session. */
  readonly threads: number
  /**
   * Computes the outputs of a batch of any size, split over the workers; many calls may be under way. The same
   * batch gives the same results, bit for bit, with the same number of threads and the same chunk size; another split
   * may round the last places of float32 otherwise. The images are copied chunk by chunk, so they must not change
   * before the promise settles.
   *
   * @throws InvalidInputError for images of another size, data of another length, NaN or infinite pixels.
   * @throws InvalidOptionError for a normalisation that is none.
   * @throws InvalidOptionError for an output the model does not have.
   * @throws ModeOodError when the model is closed or a worker has died.
   */
  run<const N extends Name = Name>(
    images: Images | ByteImages,
    options?: RunOptions<N>,
  ): Promise<Pick<InferenceOutputs, N>>
  /** Lets calls under way finish, then ends the workers; later calls to `run` are errors. */
  close(): Promise<void>
}
