import type { Head, Images, Matrix, ModelOutputs, Normalization, Views } from '@mode-ood/core'

/** Images as they are stored: red, green and blue of every pixel, [count, height, width, 3]. */
export interface ImageBytes {
  readonly count: number
  readonly height: number
  readonly width: number
  readonly data: Uint8Array
}

/** Images for a detector: bytes, which it normalises, or normalised already. */
export type DetectorImages = ImageBytes | Images

/** Outputs a detector may take from a model. */
export type DetectorOutput = 'logits' | 'embedding' | 'views'

/** What a detector needs of a model; those of `openModel` fit, and so does anything else that runs a network. */
export interface DetectorModel {
  readonly name: string
  readonly inputSize: { readonly height: number; readonly width: number }
  /** 0 for a model without classifier. */
  readonly classes: number
  readonly outputs: readonly string[]
  readonly head: Head | undefined
  run(
    images: Images | (ImageBytes & { readonly normalization: Normalization }),
    options?: { readonly outputs?: readonly DetectorOutput[] },
  ): Promise<{ readonly logits?: Matrix; readonly embedding?: Matrix; readonly views?: Views }>
  close(): Promise<void>
}

/** Outputs of a model for a batch of images, as far as they were asked for. */
export type BatchOutputs = Partial<ModelOutputs>
