import { InvalidFileError, type Tensor } from '@mode-ood/core'
import { chooseStateDict } from './choose-state-dict.ts'
import type { Fail } from './fail.ts'
import { readLegacy } from './read-legacy.ts'
import { readZip } from './read-zip.ts'

export interface ReadTorchCheckpointOptions {
  /** What messages call the file. */
  readonly file?: string
  /** Which nested dictionary holds the tensors (`state_dict`, `model`, `ema`, …), where there are several. */
  readonly key?: string
}

/** The tensors of a PyTorch checkpoint by name. */
export interface TorchCheckpoint {
  readonly tensors: Map<string, Tensor>
}

/**
 * Reads a `.pt` or `.pth` file, in the zip form and in the one before it, without executing anything: tensors, numbers,
 * strings and containers are read, and any other global of the pickle is refused by name. Tensors that lie row-major in the
 * file are views on `bytes`. Time and memory are linear in the size of the file, whatever it claims to hold.
 *
 * @throws InvalidFileError for a torn or foreign file, a refused global, a pickled module, or several candidate state dicts.
 * @example readTorchCheckpoint(await readFile('model.pt'), { file: 'model.pt' }).tensors.get('conv1.weight')
 */
export function readTorchCheckpoint(bytes: Uint8Array, options: ReadTorchCheckpointOptions = {}): TorchCheckpoint {
  const { file = 'checkpoint' } = options
  const fail: Fail = (message) => {
    throw new InvalidFileError(file, message)
  }
  const root = bytes[0] === 0x50 && bytes[1] === 0x4b ? readZip(bytes, fail) : readLegacy(bytes, fail)
  return { tensors: chooseStateDict(root, options.key, fail) }
}
