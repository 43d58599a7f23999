import { join } from 'node:path'
import type { Configuration } from '@mode-ood/evaluate'
import type { Arm } from './arms.ts'

type Sets = Required<Pick<Configuration['id'], 'train' | 'test'>>

/** What all arms of a study have in common. */
export interface Protocol {
  readonly architecture: 'cifar-resnet10-slim'
  readonly classes: number
  readonly mean: readonly [number, number, number]
  readonly std: readonly [number, number, number]
  /** From random weights. */
  readonly epochs: number
  /** Of the arms that continue another. */
  readonly continuationEpochs: number
  /** Images; each is in a batch with two views. */
  readonly batchSize: number
  readonly learningRate: number
  readonly id: Sets
  readonly ood: Configuration['ood']
}

/** What a person chooses of it. */
export interface Lengths {
  readonly epochs: number
  readonly continuationEpochs: number
}

/** A fifth of CIFAR-10, and three sets outside of it; `data` is the folder that docs/data.md describes. */
export function cifarProtocol(data: string, lengths: Lengths): Protocol {
  const cifar = (file: string) => ({ format: 'cifar10' as const, files: [join(data, file)] })
  return {
    architecture: 'cifar-resnet10-slim',
    classes: 10,
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.2023, 0.1994, 0.201],
    ...lengths,
    batchSize: 64,
    learningRate: 0.1,
    id: { train: cifar('cifar10/train_a.bin'), test: cifar('cifar10/test_a.bin') },
    ood: [
      { name: 'tin_a', group: 'near', ...cifar('ood/tin_a/images32.bin') },
      { name: 'dtd_a', group: 'far', ...cifar('ood/dtd_a/images32.bin') },
      { name: 'mnist', group: 'far', format: 'idx', images: join(data, 'ood/mnist/t10k-images-idx3-ubyte.gz') },
    ],
  }
}

/** Of the folders that hold what it gives: results of different lengths are never put together. */
export function protocolName({ epochs, continuationEpochs }: Lengths): string {
  return `epochs-${epochs}+${continuationEpochs}`
}

/** The configuration that trains an arm; a checkpoint it continues is found beside it. */
export function trainingConfiguration(protocol: Protocol, arm: Arm, seed: number): object {
  const { architecture, classes, mean, std, epochs, continuationEpochs, batchSize, learningRate, id } = protocol
  return {
    model: {
      ...{ architecture, classes, mean, std },
      ...(arm.continues && { checkpoint: `${arm.continues}/${arm.continues}.safetensors` }),
    },
    id: { train: id.train },
    loss: arm.loss,
    augmentation: 'contrastive',
    views: 2,
    optimizer: { name: 'sgd', learningRate, momentum: 0.9, weightDecay: 1e-4 },
    schedule: { name: 'cosine' },
    epochs: arm.continues ? continuationEpochs : epochs,
    batchSize,
    workers: 1,
    seed,
  }
}
