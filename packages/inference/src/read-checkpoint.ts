import { InvalidFileError, type StateDict } from '@mode-ood/core'
import { readSafetensors } from '@mode-ood/safetensors'
import { readTorchCheckpoint } from '@mode-ood/torch-checkpoint'
import { readFile } from './read-file.ts'

/**
 * The tensors of a checkpoint file, safetensors or PyTorch's own, told apart by their first bytes whatever the file is
 * called.
 *
 * @throws InvalidFileError for a file that is missing, torn or of neither kind.
 */
export async function readCheckpoint(file: string): Promise<StateDict> {
  const bytes = await readFile(file)
  if (bytes.length === 0) throw new InvalidFileError(file, 'is empty, but a checkpoint was expected')
  if (isSafetensors(bytes)) return readSafetensors(bytes, { file }).tensors
  if (isTorch(bytes)) return readTorchCheckpoint(bytes, { file }).tensors
  throw new InvalidFileError(file, 'is neither a safetensors file nor a PyTorch checkpoint')
}

/** Eight bytes of length, then a JSON object. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b
}

/** A zip archive, or in the older form a pickle of protocol 2 or later. */
function isTorch(bytes: Uint8Array): boolean {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b
  return isZip || (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5)
}
