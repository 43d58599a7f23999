import type { Fail } from './fail.ts'
import { openArchive } from './open-archive.ts'
import { readPickle } from './read-pickle.ts'
import { mostBytesOf } from './most-bytes.ts'
import { createTorchHost } from './torch-host.ts'

/** The content of a checkpoint as PyTorch has written it since 1.6: a zip archive of a pickle and a file a storage. */
export function readZip(bytes: Uint8Array, fail: Fail): unknown {
  const archive = openArchive(bytes, fail)
  const pickle =
    archive.get('data.pkl') ?? fail('is a zip archive, but no PyTorch checkpoint: it has no uncompressed data.pkl')
  if (archive.has('constants.pkl')) fail('is a TorchScript archive: save model.state_dict() instead')
  const order = new TextDecoder().decode(archive.get('byteorder') ?? new Uint8Array()).trim()
  if (!['', 'little', 'big'].includes(order)) fail(`has the byte order "${order}", which is neither little nor big`)
  const host = createTorchHost({
    fail,
    mostBytes: mostBytesOf(bytes),
    storage({ key, type, length }) {
      const content =
        archive.get(`data/${key}`) ??
        fail(`lacks the storage data/${key}, uncompressed: the file is torn or was packed anew`)
      if (content.length !== length * type.size) {
        fail(`has ${content.length} bytes in the storage data/${key} of ${length} elements of ${type.size} bytes`)
      }
      return { type, bytes: content, isBigEndian: order === 'big' }
    },
  })
  return readPickle(pickle, 0, host).value
}
