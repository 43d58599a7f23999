import { type FileHandle, open } from 'node:fs/promises'
import { InvalidInputError, type Tensor } from '@mode-ood/core'
import { decodeElements } from '../decode-elements.ts'
import { describeSafetensors, type SafetensorsDescription } from '../describe-safetensors.ts'
import { SafetensorsError } from '../safetensors-error.ts'
import { fileError } from './file-error.ts'

/** An open file whose tensors are read one at a time. */
export interface OpenSafetensors extends SafetensorsDescription {
  /** Reads one tensor. @throws InvalidInputError when there is none of that name. */
  read(name: string): Promise<Tensor>
  close(): Promise<void>
}

/**
 * Opens a safetensors file and reads its header only; memory is needed for the tensors that are asked for.
 *
 * @throws SafetensorsError for a malformed header, InvalidFileError when the file cannot be opened.
 * @example
 * const file = await openSafetensorsFile('bank.safetensors')
 * const { data } = await file.read('vectors')
 * await file.close()
 */
export async function openSafetensorsFile(path: string): Promise<OpenSafetensors> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path)
    const { size } = await handle.stat()
    const start = await readRange(handle, path, 0, Math.min(8, size))
    const length = size < 8 ? 0 : Number(new DataView(start.buffer).getBigUint64(0, true))
    const fits = length <= 100_000_000 && 8 + length <= size
    const header = fits ? await readRange(handle, path, 0, 8 + length) : start
    return openDescribed(handle, path, describeSafetensors(header, { file: path, size }))
  } catch (error) {
    await handle?.close()
    throw fileError(path, error)
  }
}

function openDescribed(handle: FileHandle, path: string, description: SafetensorsDescription): OpenSafetensors {
  return {
    ...description,
    async read(name) {
      const tensor = description.tensors.get(name)
      if (!tensor) throw new InvalidInputError(`${path}: holds no tensor ${JSON.stringify(name)}`)
      const { dtype, shape, start, end } = tensor
      const bytes = await readRange(handle, path, start, end)
      return { dtype, shape, data: decodeElements(dtype, bytes) } as Tensor
    },
    close: () => handle.close(),
  }
}

/** Bytes start..end of the file. One call of the operating system moves at most 2 GiB. */
export async function readRange(
  handle: FileHandle,
  path: string,
  start: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - start)
  let filled = 0
  while (filled < bytes.length) {
    const length = Math.min(bytes.length - filled, 2 ** 30)
    const { bytesRead } = await handle.read(bytes, filled, length, start + filled)
    if (bytesRead === 0) throw new SafetensorsError(path, 'out-of-range', `became shorter while it was read`)
    filled += bytesRead
  }
  return bytes
}
