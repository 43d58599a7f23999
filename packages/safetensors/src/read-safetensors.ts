import type { Tensor } from '@mode-ood/core'
import { decodeElements } from './decode-elements.ts'
import { describeSafetensors } from './describe-safetensors.ts'

/** The content of a file. */
export interface Safetensors {
  /** By name, in the order of the header. */
  readonly tensors: Map<string, Tensor>
  /** Free text that was written beside the tensors; empty where there is none. */
  readonly metadata: Record<string, string>
}

/**
 * Reads a whole safetensors file. Tensors are views on `bytes` where alignment permits (files written by this package
 * or by Python always do, if `bytes` begins at a multiple of 8 in its buffer) and copies elsewhere; F16 and BF16 are
 * always copied, as float32. So keep `bytes` unchanged as long as the tensors are in use.
 *
 * @param options.file what messages call the file.
 * @throws SafetensorsError for every departure from the format; nothing is guessed or repaired.
 * @example readSafetensors(bytes).tensors.get('fc.bias')?.data
 */
export function readSafetensors(bytes: Uint8Array, options: { readonly file?: string } = {}): Safetensors {
  const { file } = options
  const description = describeSafetensors(bytes, file === undefined ? {} : { file })
  const tensors = new Map<string, Tensor>()
  for (const [name, { dtype, shape, start, end }] of description.tensors) {
    tensors.set(name, { dtype, shape, data: decodeElements(dtype, bytes.subarray(start, end)) } as Tensor)
  }
  return { tensors, metadata: { ...description.metadata } }
}
