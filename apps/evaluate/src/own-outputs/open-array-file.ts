import { open } from 'node:fs/promises'
import { systemReason } from '@mode-ood/command'
import { InvalidFileError, ModeOodError } from '@mode-ood/core'
import { openSafetensorsFile } from '@mode-ood/safetensors/node'
import { openNpz } from './open-npz.ts'
import { isNpy, longestNpyHeader, parseNpyHeader } from './parse-npy-header.ts'
import { arrayInFile, type StoredArray } from './stored-array.ts'

/**
 * The arrays of a .safetensors, .npz or .npy file, told apart by content; the one of an .npy file is called `''`.
 *
 * @param wanted names of arrays to open; all where it is null.
 * @throws InvalidFileError when the file cannot be read or is none of the three.
 */
export async function openArrayFile(
  path: string,
  wanted: ReadonlySet<string> | null,
): Promise<ReadonlyMap<string, StoredArray>> {
  const { beginning, size } = await readBeginning(path)
  if (size === 0) throw new InvalidFileError(path, 'is empty, but arrays were expected')
  if (isNpy(beginning)) {
    return new Map([['', arrayInFile(path, path, parseNpyHeader(beginning, { file: path, size }))]])
  }
  if (isZip(beginning)) return openNpz(path, wanted)
  const file = await openSafetensorsFile(path)
  await file.close()
  return new Map([...file.tensors].map(([name, place]) => [name, arrayInFile(path, `${path}: ${name}`, place)]))
}

/** `PK`, and the mark of a first entry or of an archive without any: a safetensors file may begin with the two letters as well. */
function isZip([first, second, third, fourth]: Uint8Array): boolean {
  return first === 0x50 && second === 0x4b && ((third === 3 && fourth === 4) || (third === 5 && fourth === 6))
}

async function readBeginning(path: string): Promise<{ beginning: Uint8Array; size: number }> {
  try {
    const file = await open(path)
    try {
      const { size } = await file.stat()
      const { bytesRead, buffer } = await file.read(new Uint8Array(longestNpyHeader), 0, longestNpyHeader, 0)
      return { beginning: buffer.subarray(0, bytesRead), size }
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof ModeOodError) throw error
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const reason = missing ? 'there is no such file' : `cannot be read: ${systemReason(error as Error)}`
    throw new InvalidFileError(path, reason, { cause: error })
  }
}
