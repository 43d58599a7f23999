import { InvalidOptionError } from '@mode-ood/core'
import type { BackboneSpec, Stage } from './backbone-spec.ts'

const batchNormEpsilon = 1e-5

/** He et al. 2016, section 4.2: 6n + 2 layers, 16-32-64 channels, shortcuts without parameters. */
function small(blocks: number): Omit<BackboneSpec, 'name'> {
  return {
    stem: { kernel: 3, stride: 1, channels: 16, maxPool: false },
    block: 'basic',
    stages: stages([blocks, blocks, blocks], 16),
    shortcut: 'pad',
    shortcutName: 'shortcut',
    headName: 'linear',
    inputSize: 32,
    batchNormEpsilon,
  }
}

/** The ImageNet network with a 3x3 stem without pooling, as contrastive learning and OOD papers use it on CIFAR. */
function wide(block: BackboneSpec['block'], blocks: readonly number[]): Omit<BackboneSpec, 'name'> {
  return {
    stem: { kernel: 3, stride: 1, channels: 64, maxPool: false },
    block,
    stages: stages(blocks, 64),
    shortcut: 'projection',
    shortcutName: 'shortcut',
    headName: 'linear',
    inputSize: 32,
    batchNormEpsilon,
  }
}

/** Small enough to train on two cores, with the 4 x 4 map of the wide networks: one block a stage, 16-32-64-128 channels. */
function slim(): Omit<BackboneSpec, 'name'> {
  return {
    ...wide('basic', []),
    stem: { kernel: 3, stride: 1, channels: 16, maxPool: false },
    stages: stages([1, 1, 1, 1], 16),
  }
}

/** torchvision's network: 7x7 stem with stride 2 and max pooling. */
function imagenet(block: BackboneSpec['block'], blocks: readonly number[]): Omit<BackboneSpec, 'name'> {
  return {
    ...wide(block, blocks),
    stem: { kernel: 7, stride: 2, channels: 64, maxPool: true },
    shortcutName: 'downsample',
    headName: 'fc',
    inputSize: 224,
  }
}

function stages(blocks: readonly number[], width: number): Stage[] {
  return blocks.map((count, i) => ({ blocks: count, width: width * 2 ** i, stride: i === 0 ? 1 : 2 }))
}

/** The names `backboneSpec` knows. */
export type Architecture =
  | 'cifar-resnet10-slim'
  | `cifar-resnet${20 | 32 | 44 | 56 | 18 | 34 | 50}`
  | `resnet${18 | 34 | 50}`

const specs: Readonly<Record<Architecture, Omit<BackboneSpec, 'name'>>> = {
  'cifar-resnet10-slim': slim(),
  'cifar-resnet20': small(3),
  'cifar-resnet32': small(5),
  'cifar-resnet44': small(7),
  'cifar-resnet56': small(9),
  'cifar-resnet18': wide('basic', [2, 2, 2, 2]),
  'cifar-resnet34': wide('basic', [3, 4, 6, 3]),
  'cifar-resnet50': wide('bottleneck', [3, 4, 6, 3]),
  resnet18: imagenet('basic', [2, 2, 2, 2]),
  resnet34: imagenet('basic', [3, 4, 6, 3]),
  resnet50: imagenet('bottleneck', [3, 4, 6, 3]),
}

/** All architectures, small ones first. */
export const architectures: readonly Architecture[] = Object.keys(specs) as Architecture[]

/**
 * The spec of a known architecture.
 *
 * @throws InvalidOptionError for another name, listing those there are.
 * @example backboneSpec('cifar-resnet20').stages.length // 3
 */
export function backboneSpec(name: Architecture): BackboneSpec {
  if (!Object.hasOwn(specs, name)) {
    throw new InvalidOptionError(`architecture "${name}" is unknown: choose one of ${architectures.join(', ')}`)
  }
  return { name, ...specs[name] }
}
