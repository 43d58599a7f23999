import { InvalidOptionError } from '@mode-ood/core'

/** How a bank searches. Results never depend on it. */
export interface FeatureBankOptions {
  /**
   * `wasm` runs everywhere; `onnxruntime`, in Node, uses native code besides where it finds it faster; `auto`, the default,
   * takes onnxruntime where the package onnxruntime-node is installed. `plain`, in TypeScript, compares every query with every
   * vector: what the others are tested against.
   */
  readonly engine?: 'auto' | 'onnxruntime' | 'wasm' | 'plain' | undefined
  /**
   * Numbers vectors are ruled out by: 8-bit codes are the fastest where they rule out enough, which `auto`, the default,
   * watches. Distances are float64 in any case.
   */
  readonly precision?: 'auto' | 'float32' | 'int8' | undefined
  /** Worker threads in Node; as many as there are cores unless given, 0 to compute in the calling thread, as browsers do. */
  readonly threads?: number | undefined
}

/** How a saved bank is opened. */
export interface OpenFeatureBankOptions extends FeatureBankOptions {
  /**
   * Bytes of memory the bank may take, about: what does not fit stays on disk and is read as it is searched. Without it, and
   * where all fits, everything is read into memory. Engine `plain` knows no disk.
   */
  readonly memoryBudget?: number | undefined
}

const engines = ['auto', 'onnxruntime', 'wasm', 'plain']
const precisions = ['auto', 'float32', 'int8']

/** @throws InvalidOptionError for a value that is none of those allowed. */
export function checkOptions({ engine = 'auto', precision = 'auto', threads }: FeatureBankOptions): void {
  if (!engines.includes(engine)) {
    throw new InvalidOptionError(`feature bank: engine is "${engine}" and must be one of ${engines.join(', ')}`)
  }
  if (!precisions.includes(precision)) {
    throw new InvalidOptionError(
      `feature bank: precision is "${precision}" and must be one of ${precisions.join(', ')}`,
    )
  }
  if (threads !== undefined && !(Number.isSafeInteger(threads) && threads >= 0)) {
    throw new InvalidOptionError(`feature bank: threads is ${threads} and must be a whole number, 0 or more`)
  }
}
