import { readFileSync } from 'node:fs'
import type { BackboneSpec } from '@mode-ood/backbones'
import type { Images } from '@mode-ood/core'
import { readSafetensors } from '@mode-ood/safetensors'
import type { LossOptions } from '../loss-options.ts'
import type { OptimizerOptions } from '../optimizer-options.ts'

/** Two steps of SGD that PyTorch took in float64; see fixtures/README.md. */
export interface TorchSteps {
  readonly spec: BackboneSpec
  readonly optimizer: OptimizerOptions
  readonly classes: number
  readonly loss: LossOptions
  /** Of cross-entropy. */
  readonly labelSmoothing: number
  readonly learningRates: readonly number[]
  readonly losses: readonly number[]
  readonly images: Images
  readonly labels: Int32Array
  readonly logits: Float32Array
  /** Tensors `before` and `after` the two steps, and the `gradient`s of the first. */
  tensors(kind: 'before' | 'gradient' | 'after'): Map<string, Float32Array>
}

/** With cross-entropy. */
export const torchSteps = ['pad', 'pad-odd', 'projection', 'bottleneck', 'imagenet'] as const

/** With a loss of the same name, on two views an image. */
export const twoViewSteps = ['supcon', 'cider', 'alpa', 'ce+alpa', 'supcon+alpa'] as const

export function readTorchSteps(name: (typeof torchSteps | typeof twoViewSteps)[number]): TorchSteps {
  const file = new URL(`../../fixtures/${name}.safetensors`, import.meta.url)
  const { tensors, metadata } = readSafetensors(readFileSync(file))
  const values = Object.fromEntries(Object.entries(metadata).map(([key, text]) => [key, JSON.parse(text)]))
  const data = (key: string) => tensors.get(key)!.data as Float32Array
  const [count, height, width] = tensors.get('images')!.shape as [number, number, number]
  return {
    ...(values as Pick<
      TorchSteps,
      'spec' | 'optimizer' | 'classes' | 'loss' | 'labelSmoothing' | 'learningRates' | 'losses'
    >),
    images: { count, height, width, data: data('images') },
    labels: tensors.get('labels')!.data as Int32Array,
    logits: data('logits'),
    tensors(kind) {
      const found = [...tensors.keys()].filter((key) => key.startsWith(`${kind}.`))
      return new Map(found.map((key) => [key.slice(kind.length + 1), data(key)]))
    },
  }
}
