/** A convolutional residual network as plain data: everything else (tensor names, graphs, training) follows from it. */
export interface BackboneSpec {
  readonly name: string
  readonly stem: Stem
  /** `basic`: two 3x3 convolutions. `bottleneck`: 1x1, 3x3 (which strides), 1x1 to four times the width. */
  readonly block: 'basic' | 'bottleneck'
  readonly stages: readonly Stage[]
  /**
   * How the shortcut of a block gets from one shape to another: `pad` takes every second row and column and pads the
   * channels with zeros on both sides alike ("option A", no parameters); `projection` is a 1x1 convolution with batch
   * normalisation.
   */
  readonly shortcut: 'pad' | 'projection'
  /** What a projection shortcut is called in state dicts. */
  readonly shortcutName: 'shortcut' | 'downsample'
  /** What the classifier is called in state dicts; the other name is recognised too. */
  readonly headName: 'linear' | 'fc'
  /** Height and width of the images it is made for. */
  readonly inputSize: number
  readonly batchNormEpsilon: number
}

/** The first convolution (padded by half its kernel), then batch normalisation, ReLU and perhaps max pooling. */
export interface Stem {
  readonly kernel: 3 | 7
  readonly stride: 1 | 2
  readonly channels: number
  /** 3x3, stride 2, padding 1. */
  readonly maxPool: boolean
}

/** Blocks in a row; the first of them strides. */
export interface Stage {
  readonly blocks: number
  readonly width: number
  readonly stride: 1 | 2
}
