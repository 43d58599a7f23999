import { InvalidFileError, type Tensor } from '@mode-ood/core'
import { readPickle, type PickleGlobal, type PickleHost } from './pickle.ts'
import { chooseStateDict } from './choose-state-dict.ts'
import { gather, storageTypes, type Storage } from './storage.ts'
import { openArchive } from './open-archive.ts'

export interface ReadTorchCheckpointOptions {
  /** What messages call the file. */
  readonly file?: string
  /** Which nested dictionary holds the tensors (`state_dict`, `model`, `ema`, …), where there are several. */
  readonly key?: string
}

/** The tensors of a PyTorch checkpoint by name. */
export interface TorchCheckpoint {
  readonly tensors: Map<string, Tensor>
}

const constructors: ReadonlySet<string> = new Set([
  'collections.OrderedDict',
  'torch.Size',
  'torch.device',
  'torch._utils._rebuild_parameter',
])
const rebuild: ReadonlySet<string> = new Set(['torch._utils._rebuild_tensor_v2', 'torch._utils._rebuild_tensor'])

/**
 * Reads a `.pt` or `.pth` file, in the zip form and in the one before it, without executing anything: only tensors, numbers,
 * strings and containers are read, and any other global of the pickle is refused by name.
 *
 * @throws InvalidFileError for a torn or foreign file, a refused global, a pickled module, or several candidate state dicts.
 */
export function readTorchCheckpoint(bytes: Uint8Array, options: ReadTorchCheckpointOptions = {}): TorchCheckpoint {
  const { file = 'checkpoint' } = options
  const fail = (message: string): never => {
    throw new InvalidFileError(file, message)
  }
  const root = bytes[0] === 0x50 && bytes[1] === 0x4b ? readZip(bytes, fail) : readLegacy(bytes, fail)
  return { tensors: chooseStateDict(root, options.key, fail) }
}

type Fail = (message: string) => never

function readZip(bytes: Uint8Array, fail: Fail): unknown {
  const archive = openArchive(bytes, fail)
  const storage = (_: string, key: string) =>
    archive.get(`data/${key}`) ?? fail(`lacks the storage data/${key}: the file is torn`)
  const pickle = archive.get('data.pkl') ?? fail('is a zip archive, but no PyTorch checkpoint: it has no data.pkl')
  if (archive.has('constants.pkl')) fail('is a TorchScript archive: save model.state_dict() instead')
  return readPickle(pickle, 0, host(storage, fail)).value
}

/** Five pickles (magic number, protocol, system, content, keys of the storages), then the storages themselves. */
function readLegacy(bytes: Uint8Array, fail: Fail): unknown {
  const plain = host(() => fail('is no PyTorch checkpoint'), fail)
  const magic = readPickle(bytes, 0, plain)
  if (magic.value !== 0x1950a86a20f9469cfc6cn) fail('is no PyTorch checkpoint: its magic number is another')
  const system = readPickle(bytes, readPickle(bytes, magic.end, plain).end, plain)
  // Tensors are read after the storages, which come last: the first pass only learns their keys and types.
  const found = new Map<string, { type: string; bytes: Uint8Array }>()
  const learn = host((type, key) => {
    found.set(key, { type, bytes: new Uint8Array() })
    return null
  }, fail)
  const content = readPickle(bytes, system.end, learn)
  const keys = readPickle(bytes, content.end, plain)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = keys.end
  for (const key of keys.value as string[]) {
    const type = storageTypes[found.get(key)?.type ?? ''] ?? fail(`names a storage ${key} that no tensor uses`)
    if (at + 8 > bytes.length) fail('ends before its storages: it is torn')
    const length = Number(view.getBigInt64(at, true)) * type.size
    if (length < 0 || at + 8 + length > bytes.length) fail('ends in the middle of a storage: it is torn')
    found.get(key)!.bytes = bytes.subarray(at + 8, at + 8 + length)
    at += 8 + length
  }
  return readPickle(
    bytes,
    system.end,
    host((_, key) => found.get(key)!.bytes, fail),
  ).value
}

/** `bytesOf` gives a storage's bytes; null where they are not known yet and tensors are left out. */
function host(bytesOf: (type: string, key: string) => Uint8Array | null, fail: Fail): PickleHost {
  const isStorage = (global: string) => global.startsWith('torch.') && Object.hasOwn(storageTypes, global.slice(6))
  return {
    fail,
    allows(global) {
      if (constructors.has(global) || rebuild.has(global) || isStorage(global)) return true
      if (/^(torch\.nn\.|torchvision\.models|__main__\.|timm\.)/.test(global)) {
        fail(`holds a pickled module (${global}), not a state dict: save model.state_dict() instead`)
      }
      return false
    },
    persistent(id) {
      const [kind, type, key] = Array.isArray(id) ? (id as unknown[]) : []
      const name = (type as PickleGlobal | undefined)?.global?.replace(/^torch\./, '') ?? ''
      const storageType = storageTypes[name]
      if (kind !== 'storage' || !storageType) return fail(`holds a storage of the unknown type "${name}"`)
      const bytes = bytesOf(name, String(key))
      return bytes === null ? null : ({ type: storageType, bytes } satisfies Storage)
    },
    call(global, args) {
      if (global === 'torch._utils._rebuild_parameter') return args[0]
      if (rebuild.has(global)) {
        const [storage, offset, shape, strides] = args as [Storage | null, number, number[], number[]]
        if (storage === null) return null
        if (!(storage?.bytes instanceof Uint8Array) || !Array.isArray(shape) || !Array.isArray(strides)) {
          fail('holds a tensor without a storage')
        }
        return gather(storage!, offset, shape, strides, fail)
      }
      if (global === 'collections.OrderedDict') return orderedDict(args[0])
      return constructors.has(global) ? (args[0] ?? null) : fail(`calls "${global}", which is refused`)
    },
  }
}

function orderedDict(items: unknown): Map<unknown, unknown> {
  if (items instanceof Map) return items
  return new Map(Array.isArray(items) ? (items as [unknown, unknown][]) : [])
}
