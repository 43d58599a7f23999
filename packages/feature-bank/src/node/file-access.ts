import { closeSync, openSync, readSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { InvalidFileError } from '@mode-ood/core'
import type { FileAccess, FilePlace, ReadAhead } from '../search/file-access.ts'

/** Reads files of a bank, which stay open until it is closed. */
export function createFileAccess(): FileAccess {
  const files = new Map<string, number>()
  const opened = new Set<ReadAhead>()
  return {
    readAt(path, position, into) {
      try {
        const file = files.get(path) ?? openSync(path, 'r')
        files.set(path, file)
        for (let filled = 0; filled < into.length;) {
          const count = readSync(file, into, filled, into.length - filled, position + filled)
          if (count === 0) throw new InvalidFileError(path, 'ended while it was searched')
          filled += count
        }
      } catch (error) {
        // The next read opens the file anew, which may be another by then.
        const file = files.get(path)
        files.delete(path)
        if (file !== undefined) closeSync(file)
        throw unreadable(path, error)
      }
    },
    openAhead(place) {
      const ahead: ReadAhead = new ReadAheadFile(place, () => opened.delete(ahead))
      opened.add(ahead)
      return ahead
    },
    close() {
      for (const file of files.values()) closeSync(file)
      files.clear()
      for (const ahead of opened) ahead.close()
    },
  }
}

interface Reading {
  readonly offset: number
  readonly bytes: Promise<Uint8Array>
}

/** Two buffers: one is read while the other is used. */
class ReadAheadFile implements ReadAhead {
  readonly #place: FilePlace
  readonly #onClose: () => void
  #handle: Promise<FileHandle> | undefined
  readonly #buffers: [Uint8Array, Uint8Array] = [new Uint8Array(), new Uint8Array()]
  #next: 0 | 1 = 0
  #expected: Reading | undefined

  constructor(place: FilePlace, onClose: () => void) {
    this.#place = place
    this.#onClose = onClose
  }

  expect(offset: number, bytes: number): void {
    if (this.#expected?.offset === offset) return
    const pending = this.#expected?.bytes
    const expected = { offset, bytes: this.#fill(offset, bytes, pending) }
    this.#expected = expected
    // Told by the read that waits for it, or else by the next, which tries again.
    expected.bytes.catch(() => {
      if (this.#expected === expected) this.#expected = undefined
    })
  }

  async read(offset: number, bytes: number): Promise<Uint8Array> {
    this.expect(offset, bytes)
    const filled = await this.#expected!.bytes
    this.#expected = undefined
    this.#next = this.#next === 0 ? 1 : 0
    return filled
  }

  close(): void {
    this.#onClose()
    void this.#expected?.bytes.catch(() => {}).then(() => this.#closeFile())
    if (!this.#expected) void this.#closeFile()
  }

  /** The next read opens the file anew. */
  async #closeFile(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await (await handle?.catch(() => null))?.close()
  }

  /** Opens the file unless it is open. A failure is told once, and the next read tries again. */
  #open(): Promise<FileHandle> {
    this.#handle ??= open(this.#place.path).catch((error: unknown) => {
      this.#handle = undefined
      throw error
    })
    return this.#handle
  }

  /** Fills the buffer that is not in use, once what was expected in vain has been read into it. */
  async #fill(offset: number, bytes: number, pending: Promise<Uint8Array> | undefined): Promise<Uint8Array> {
    const { path, offset: start } = this.#place
    const which = this.#next
    try {
      await pending?.catch(() => {})
      const handle = await this.#open()
      if (this.#buffers[which].length < bytes) this.#buffers[which] = new Uint8Array(bytes)
      const buffer = this.#buffers[which].subarray(0, bytes)
      for (let filled = 0; filled < bytes;) {
        const { bytesRead } = await handle.read(buffer, filled, bytes - filled, start + offset + filled)
        if (bytesRead === 0) throw new InvalidFileError(path, 'ended while it was searched')
        filled += bytesRead
      }
      return buffer
    } catch (error) {
      await this.#closeFile()
      throw unreadable(path, error)
    }
  }
}

function unreadable(path: string, error: unknown): InvalidFileError {
  if (error instanceof InvalidFileError) return error
  return new InvalidFileError(path, `cannot be read any more (${(error as Error).message})`, { cause: error })
}
