import { readdirSync, readFileSync } from 'node:fs'
import { readSafetensors } from '@mode-ood/safetensors'
import * as tf from '@tensorflow/tfjs-core'

const fixtures = new URL('../fixtures/', import.meta.url)

export interface Golden {
  values(name: string): ArrayLike<number>
  /** A float32 or int32 tensor of a stored one. */
  tensor<T extends tf.Tensor>(name: string): T
  option(name: string): number
}

export function goldenFiles(prefix: string): string[] {
  return readdirSync(fixtures).filter((file) => file.startsWith(prefix) && file.endsWith('.safetensors'))
}

export function loadGolden(file: string): Golden {
  const { tensors, metadata } = readSafetensors(readFileSync(new URL(file, fixtures)))
  const values = (name: string) => tensors.get(name)!.data as ArrayLike<number>
  return {
    values,
    tensor: <T extends tf.Tensor>(name: string) => {
      const { dtype, shape } = tensors.get(name)!
      return tf.tensor(Array.from(values(name)), [...shape], dtype === 'I32' ? 'int32' : 'float32') as T
    },
    option: (name) => Number(metadata[name]),
  }
}
