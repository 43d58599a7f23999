import type { Fail } from './fail.ts'
import { storageTypes } from './storage.ts'

/** Functions whose result is a tensor. */
const tensorMakers: ReadonlySet<string> = new Set(['torch._utils._rebuild_tensor_v2', 'torch._utils._rebuild_tensor'])

/** Hands its first argument on. */
const parameter = 'torch._utils._rebuild_parameter'
const orderedDict = 'collections.OrderedDict'

const dtypes = 'float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool double float half long int'
const numpy = ['numpy.core.multiarray', 'numpy._core.multiarray']

/**
 * Numbers and containers that training scripts save beside the weights. They are passed over: none becomes a tensor, so
 * nothing is made of them. Namespace is what SupCon's and most other scripts keep their options in.
 */
const passedOver: ReadonlySet<string> = new Set([
  'argparse.Namespace',
  'collections.Counter',
  '_codecs.encode',
  'torch.Size',
  'torch.device',
  'numpy.dtype',
  'numpy.ndarray',
  ...dtypes.split(' ').map((name) => `torch.${name}`),
  ...numpy.flatMap((module) => [`${module}.scalar`, `${module}._reconstruct`]),
  ...['__builtin__', 'builtins'].flatMap((module) =>
    ['set', 'frozenset', 'complex', 'bytearray'].map((name) => `${module}.${name}`),
  ),
])

/** What becomes of a call. */
export type GlobalKind = 'tensor' | 'parameter' | 'dictionary' | 'storage' | 'nothing'

/** The role of a global; null for one that is refused. */
export function globalKind(global: string): GlobalKind | null {
  if (tensorMakers.has(global)) return 'tensor'
  if (global === parameter) return 'parameter'
  if (global === orderedDict) return 'dictionary'
  if (storageTypes.has(global)) return 'storage'
  return passedOver.has(global) ? 'nothing' : null
}

/** Says which global a pickle may not name, and what to save instead. */
export function refuseGlobal(global: string, fail: Fail): never {
  if (/^(torch\.nn\.|torchvision\.models|__main__\.|timm\.)/.test(global)) {
    return fail(`holds a pickled module (${global}), not a state dict: save model.state_dict() instead`)
  }
  return fail(
    `holds "${global}", which is refused: only tensors, numbers, strings and containers are read, so save model.state_dict() alone`,
  )
}
