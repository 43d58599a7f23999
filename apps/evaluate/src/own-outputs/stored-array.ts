import { open } from 'node:fs/promises'
import { InvalidFileError, type DType, type TensorData } from '@mode-ood/core'
import { decodeElements, elementSize } from '@mode-ood/safetensors'

/** An array in a file, read by parts along its first axis. */
export interface StoredArray {
  /** What messages call it: the file, and its name in it. */
  readonly name: string
  readonly dtype: DType
  readonly shape: readonly number[]
  /** The elements of rows `from` to before `to`, row-major. */
  read(from: number, to: number): Promise<TensorData[DType]>
}

interface Place {
  readonly dtype: DType
  readonly shape: readonly number[]
  /** First byte of the elements. */
  readonly start: number
}

/** An array that lies in `path` as it is: only what is asked for is read. */
export function arrayInFile(path: string, name: string, { dtype, shape, start }: Place): StoredArray {
  const rowBytes = bytesOfRow(dtype, shape)
  return {
    name,
    dtype,
    shape,
    async read(from, to) {
      const bytes = new Uint8Array((to - from) * rowBytes)
      const file = await open(path)
      try {
        for (let filled = 0; filled < bytes.length;) {
          const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + from * rowBytes + filled)
          if (bytesRead === 0) throw new InvalidFileError(path, 'became shorter while it was read')
          filled += bytesRead
        }
      } finally {
        await file.close()
      }
      return decodeElements(dtype, bytes)
    },
  }
}

/** An array whose file is in memory, as a compressed one must be. */
export function arrayInMemory(bytes: Uint8Array, name: string, { dtype, shape, start }: Place): StoredArray {
  const rowBytes = bytesOfRow(dtype, shape)
  return {
    name,
    dtype,
    shape,
    read: async (from, to) => decodeElements(dtype, bytes.slice(start + from * rowBytes, start + to * rowBytes)),
  }
}

function bytesOfRow(dtype: DType, shape: readonly number[]): number {
  return shape.slice(1).reduce((product, extent) => product * extent, elementSize[dtype])
}
