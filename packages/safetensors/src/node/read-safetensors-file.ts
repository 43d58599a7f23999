import { open } from 'node:fs/promises'
import { readSafetensors, type Safetensors } from '../read-safetensors.ts'
import { fileError } from './file-error.ts'
import { readRange } from './open-safetensors-file.ts'

/**
 * Reads a whole safetensors file from disk.
 *
 * @throws SafetensorsError when it is malformed, InvalidFileError when it cannot be read; both name the path.
 * @example const { tensors } = await readSafetensorsFile('resnet20.safetensors')
 */
export async function readSafetensorsFile(path: string): Promise<Safetensors> {
  try {
    const handle = await open(path)
    try {
      const { size } = await handle.stat()
      return readSafetensors(await readRange(handle, path, 0, size), { file: path })
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileError(path, error)
  }
}
