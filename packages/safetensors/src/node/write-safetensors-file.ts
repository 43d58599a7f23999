import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { writeSafetensors, type WritableTensors } from '../write-safetensors.ts'
import { fileError } from './file-error.ts'

/**
 * Writes a safetensors file: first beside its place, then renamed, so that whoever reads the path meets the old file or
 * the new one, never a part, even when the machine stops in between.
 *
 * @throws InvalidInputError as `writeSafetensors`; InvalidFileError when the path cannot be written.
 * @example await writeSafetensorsFile('checkpoint.safetensors', tensors, { epoch: '3' })
 */
export async function writeSafetensorsFile(
  path: string,
  tensors: WritableTensors,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const bytes = writeSafetensors(tensors, metadata)
  const beside = `${path}.${randomUUID()}.tmp`
  try {
    const handle = await open(beside, 'wx')
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {})
    throw fileError(path, error)
  }
}
