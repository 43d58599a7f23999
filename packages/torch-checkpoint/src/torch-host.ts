import type { Tensor } from '@mode-ood/core'
import { globalKind, refuseGlobal } from './allowed-globals.ts'
import type { Fail } from './fail.ts'
import { globalName, type PickleHost } from './pickle-machine.ts'
import { checkLayout, gather, storageTypes, type Layout, type Storage, type StorageType } from './storage.ts'

/** A storage as a pickle names it. */
export interface StorageName {
  readonly key: string
  readonly type: StorageType
  /** Number of elements. */
  readonly length: number
}

export interface TorchHostOptions {
  /** Finds a storage; null where storages are only to be learnt, and tensors left out. */
  readonly storage: (name: StorageName) => Storage | null
  /** Bytes that all tensors together may take. */
  readonly mostBytes: number
  readonly fail: Fail
}

/** What torch's pickles may do: make tensors of storages. Everything else is data, or refused by its name. */
export function createTorchHost({ storage, mostBytes, fail }: TorchHostOptions): PickleHost {
  let bytes = 0
  const makeTensor = ([source, offset, shape, strides]: readonly unknown[]): Tensor | null => {
    if (source === null) return null
    const isNumbers = (value: unknown): value is number[] =>
      Array.isArray(value) && value.every((one) => typeof one === 'number')
    if (!isStorage(source) || typeof offset !== 'number' || !isNumbers(shape) || !isNumbers(strides)) {
      return fail('holds a tensor without a storage, a shape and strides')
    }
    const layout: Layout = { offset, shape, strides }
    const length = checkLayout(source, layout, fail)
    bytes += length * source.type.size
    // A storage of one element may be spread over a shape of any size, and any number of tensors may show one storage.
    if (bytes > mostBytes) fail(`holds tensors that are far larger than the file (over ${mostBytes} bytes)`)
    return gather(source, layout, length)
  }
  return {
    fail,
    name(global) {
      if (globalKind(global) === null) refuseGlobal(global, fail)
    },
    persistent: (id) => storage(readStorageName(id, fail)),
    call(global, args) {
      switch (globalKind(global)) {
        case 'tensor':
          return makeTensor(args)
        case 'parameter':
          return args[0]
        case 'dictionary':
          return makeDictionary(args[0], fail)
        case 'nothing':
          return null
        default:
          return refuseGlobal(global, fail)
      }
    },
  }
}

/** ('storage', type, key, device, number of elements), and in the older form a view, which torch has not written since 0.4. */
function readStorageName(id: unknown, fail: Fail): StorageName {
  const [kind, typeGlobal, key, , length, view = null] = Array.isArray(id) ? (id as unknown[]) : []
  const typeName = globalName(typeGlobal)
  const type = storageTypes.get(typeName ?? '')
  if (kind !== 'storage' || !type) return fail(`holds a storage of the unknown type "${typeName ?? ''}"`)
  if (typeof key !== 'string' || typeof length !== 'number' || view !== null) return fail('names a storage wrongly')
  return { key, type, length }
}

function isStorage(value: unknown): value is Storage {
  return typeof value === 'object' && value !== null && 'bytes' in value && 'isBigEndian' in value
}

function makeDictionary(items: unknown, fail: Fail): Map<unknown, unknown> {
  if (items instanceof Map) return items
  const pairs: unknown = items ?? []
  const isPairs = Array.isArray(pairs) && pairs.every((pair) => Array.isArray(pair) && pair.length === 2)
  return isPairs ? new Map(pairs as [unknown, unknown][]) : fail('holds a dictionary that is made of no pairs')
}
