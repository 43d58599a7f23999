import type { ConvolutionPlan, PadPlan } from '@mode-ood/backbones'

/** A feature map in the graph; how it lies in memory is its layout's business. */
export interface GraphMap {
  readonly name: string
  /** Images of the batch: those that count, without what a layout pads. */
  readonly count: number
  readonly channels: number
  readonly height: number
  readonly width: number
}

export interface NormalizeOptions {
  /** Added after normalisation, before ReLU: the shortcut of a block. */
  readonly shortcut?: GraphMap
  readonly relu: boolean
}

/**
 * How a network's maps and filters lie in memory and how its layers are written for that. Every operation adds its forward
 * nodes and records its backward ones on the tape that the layout was made with. The graph has filters and vectors under their
 * names in the state dict (`conv1.weight`), in the form that the layout's variables have; gradients are of that form too.
 */
export interface MapLayout {
  /** Declares the input `images`, float32 [count, height, width, 3] normalised, and gives it as a map. */
  images(count: number, height: number, width: number): GraphMap
  /** Padded by half its kernel, no bias. No gradient is computed for the images. */
  convolve(input: GraphMap, plan: ConvolutionPlan): GraphMap
  /** Batch normalisation by the batch's statistics (they update the running ones), then shortcut and ReLU. */
  normalize(input: GraphMap, batchNorm: string, options: NormalizeOptions): GraphMap
  /** 3x3, stride 2, padding 1. */
  maxPool(input: GraphMap): GraphMap
  /** The shortcut without parameters ("option A"). */
  padShortcut(input: GraphMap, plan: PadPlan): GraphMap
  /** Mean over positions, plain [count, channels]. */
  globalAverage(input: GraphMap): string
  /** The map as plain [count, height · width, channels], for losses that compare positions. */
  positions(input: GraphMap): string
}
