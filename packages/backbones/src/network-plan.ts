import type { BackboneSpec } from './backbone-spec.ts'

/** A convolution without bias, padded by half its kernel, followed by batch normalisation. */
export interface ConvolutionPlan {
  /** Name of the convolution's module in state dicts. */
  readonly convolution: string
  /** Name of the batch normalisation's module. */
  readonly batchNorm: string
  readonly inputs: number
  readonly outputs: number
  readonly kernel: number
  readonly stride: number
}

/** A shortcut without parameters: every `stride`-th row and column, `outputs - inputs` channels of zeros around. */
export interface PadPlan {
  readonly inputs: number
  readonly outputs: number
  readonly stride: number
}

/** ReLU between the convolutions; after the last the shortcut is added, then ReLU. */
export interface BlockPlan {
  readonly convolutions: readonly ConvolutionPlan[]
  readonly shortcut: 'identity' | { readonly projection: ConvolutionPlan } | { readonly pad: PadPlan }
}

/** A spec written out: every convolution with its names and sizes, in PyTorch's order. */
export interface NetworkPlan {
  readonly stem: ConvolutionPlan
  readonly blocks: readonly BlockPlan[]
  /** Channels of the last feature map, the length of the embedding. */
  readonly dimension: number
}

/** Writes a spec out, convolution by convolution. */
export function networkPlan(spec: BackboneSpec): NetworkPlan {
  const { kernel, stride, channels } = spec.stem
  const blocks: BlockPlan[] = []
  let inputs = channels
  for (const [s, stage] of spec.stages.entries()) {
    for (let b = 0; b < stage.blocks; b++) {
      const block = blockPlan(spec, `layer${s + 1}.${b}.`, inputs, stage.width, b === 0 ? stage.stride : 1)
      blocks.push(block)
      inputs = block.convolutions.at(-1)!.outputs
    }
  }
  const stem = { convolution: 'conv1', batchNorm: 'bn1', inputs: 3, outputs: channels, kernel, stride }
  return { stem, blocks, dimension: inputs }
}

function blockPlan(spec: BackboneSpec, prefix: string, inputs: number, width: number, stride: number): BlockPlan {
  const steps =
    spec.block === 'basic'
      ? [
          { kernel: 3, outputs: width, stride },
          { kernel: 3, outputs: width, stride: 1 },
        ]
      : [
          { kernel: 1, outputs: width, stride: 1 },
          { kernel: 3, outputs: width, stride },
          { kernel: 1, outputs: width * 4, stride: 1 },
        ]
  const convolutions = steps.map((step, i) => ({
    ...step,
    convolution: `${prefix}conv${i + 1}`,
    batchNorm: `${prefix}bn${i + 1}`,
    inputs: i === 0 ? inputs : steps[i - 1]!.outputs,
  }))
  const { outputs } = steps.at(-1)!
  if (stride === 1 && inputs === outputs) return { convolutions, shortcut: 'identity' }
  if (spec.shortcut === 'pad') return { convolutions, shortcut: { pad: { inputs, outputs, stride } } }
  const name = `${prefix}${spec.shortcutName}`
  const projection = { convolution: `${name}.0`, batchNorm: `${name}.1`, inputs, outputs, kernel: 1, stride }
  return { convolutions, shortcut: { projection } }
}

/** All convolutions of a plan, in PyTorch's order. */
export function planConvolutions({ stem, blocks }: NetworkPlan): ConvolutionPlan[] {
  return [
    stem,
    ...blocks.flatMap(({ convolutions, shortcut }) =>
      typeof shortcut === 'object' && 'projection' in shortcut ? [...convolutions, shortcut.projection] : convolutions,
    ),
  ]
}
