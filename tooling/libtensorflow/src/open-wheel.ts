import { createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { InvalidFileError } from '@mode-ood/core'
import { readZipDirectory } from './read-zip-directory.ts'
import { readZipEntry } from './read-zip-entry.ts'

/** A Python wheel of TensorFlow: a ZIP archive whose name says what it is for. */
export interface Wheel {
  /** `tensorflow-cpu` has no code for GPUs, `tensorflow` has. */
  readonly distribution: 'tensorflow' | 'tensorflow-cpu'
  readonly version: string
  /** `linux-x64` as Node has it, where the wheel is for Linux. */
  readonly platform: string
  has(name: string): boolean
  read(name: string): Promise<Buffer>
  /** Writes a file of the wheel to `target`, which is there whole or not at all. */
  extract(name: string, target: string): Promise<void>
  close(): Promise<void>
}

const architectures: Record<string, string> = { x86_64: 'x64', aarch64: 'arm64' }

/**
 * Opens a wheel of TensorFlow.
 *
 * @throws InvalidFileError when it is another file, or torn.
 */
export async function openWheel(path: string): Promise<Wheel> {
  const match = /^(tensorflow|tensorflow_cpu)-([^-]+)-.*-([^-]+)\.whl$/.exec(basename(path))
  if (!match) throw new InvalidFileError(path, 'is no wheel of tensorflow or tensorflow-cpu by its name')
  const [, distribution, version, tag] = match as unknown as [string, string, string, string]
  const linux = /linux.*?_(x86_64|aarch64)$/.exec(tag)
  const file = await open(path).catch((error: unknown) => {
    throw new InvalidFileError(path, 'cannot be opened', { cause: error })
  })
  const entries = await readZipDirectory(file, path).catch(async (error: unknown) => {
    await file.close()
    throw error
  })
  const content = (name: string) => {
    const entry = entries.get(name)
    if (!entry) throw new InvalidFileError(path, `does not hold ${name}`)
    return readZipEntry(file, path, entry)
  }
  return {
    distribution: distribution === 'tensorflow' ? 'tensorflow' : 'tensorflow-cpu',
    version,
    platform: linux ? `linux-${architectures[linux[1]!]}` : tag,
    has: (name) => entries.has(name),
    read: async (name) => buffer(content(name)),
    async extract(name, target) {
      const part = `${target}.part`
      await mkdir(dirname(target), { recursive: true })
      try {
        await pipeline(content(name), createWriteStream(part))
        await rename(part, target)
      } finally {
        await rm(part, { force: true })
      }
    },
    close: () => file.close(),
  }
}
