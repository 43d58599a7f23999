import type { Fail } from './fail.ts'
import { mostBytesOf } from './most-bytes.ts'
import { readPickle } from './read-pickle.ts'
import type { Storage, StorageType } from './storage.ts'
import { createTorchHost, type StorageName } from './torch-host.ts'

const magicNumber = 0x1950a86a20f9469cfc6cn

/**
 * The content of a checkpoint as PyTorch wrote it before 1.6: five pickles (magic number, protocol, system, content, keys of
 * the storages), then the storages themselves, each behind its number of elements. Numbers are little-endian on any machine.
 */
export function readLegacy(bytes: Uint8Array, fail: Fail): unknown {
  const mostBytes = mostBytesOf(bytes)
  const plain = createTorchHost({ mostBytes, fail, storage: () => fail('is no PyTorch checkpoint') })
  const magic = readPickle(bytes, 0, plain)
  if (magic.value !== magicNumber) fail('is no PyTorch checkpoint: its magic number is another')
  const system = readPickle(bytes, readPickle(bytes, magic.end, plain).end, plain)
  // Tensors can be made only after the storages are known, which come last: the first pass learns their names.
  const names = new Map<string, StorageName>()
  const learn = (name: StorageName) => {
    names.set(name.key, name)
    return null
  }
  const content = readPickle(bytes, system.end, createTorchHost({ mostBytes, fail, storage: learn }))
  const keys = readPickle(bytes, content.end, plain)
  const storages = readStorages(bytes, keys, names, fail)
  const find = ({ key, type }: StorageName) => matching(storages.get(key), type, key, fail)
  return readPickle(bytes, system.end, createTorchHost({ mostBytes, fail, storage: find })).value
}

function readStorages(
  bytes: Uint8Array,
  keys: { readonly value: unknown; readonly end: number },
  names: ReadonlyMap<string, StorageName>,
  fail: Fail,
): Map<string, Storage> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const storages = new Map<string, Storage>()
  let at = keys.end
  for (const key of Array.isArray(keys.value) ? (keys.value as unknown[]) : fail('has no list of its storages')) {
    const name = typeof key === 'string' ? names.get(key) : undefined
    if (!name) return fail('lists a storage that no tensor uses')
    if (at + 8 > bytes.length) fail('ends before its storages: it is torn')
    const length = Number(view.getBigInt64(at, true))
    if (length !== name.length) fail(`has a storage of ${length} elements where ${name.length} were announced`)
    const end = at + 8 + length * name.type.size
    if (end > bytes.length) fail('ends in the middle of a storage: it is torn')
    storages.set(name.key, { type: name.type, bytes: bytes.subarray(at + 8, end), isBigEndian: false })
    at = end
  }
  return storages
}

function matching(storage: Storage | undefined, type: StorageType, key: string, fail: Fail): Storage {
  if (!storage) return fail(`lacks the storage ${key}: the file is torn`)
  return storage.type === type ? storage : fail(`gives the storage ${key} two types of elements`)
}
