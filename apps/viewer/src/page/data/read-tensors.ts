import { readSafetensors } from '@mode-ood/safetensors'

/** @throws Error naming the file. */
export function readTensors(bytes: Uint8Array, file: string): ReturnType<typeof readSafetensors> {
  try {
    return readSafetensors(bytes)
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error })
  }
}
