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
  if (bytes.length === 0) throw new InvalidFileError(file, 'is empty')
  return (isTorch(bytes) ? readTorchCheckpoint(bytes, { file }) : readSafetensors(bytes, { file })).tensors
}

/** A zip archive, or a pickle of protocol 2 or later; a safetensors file begins with the length of a JSON header. */
function isTorch(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) return true
  return bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5 && bytes[8] !== 0x7b
}
