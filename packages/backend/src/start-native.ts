import { existsSync } from 'node:fs'
import type { TensorFlow } from './backend-name.ts'
import { findNativePackage, type NativePackage } from './find-native-package.ts'
import { loadQuietly } from './load-tensorflow.ts'
import type { Outcome, Setback } from './outcome.ts'
import { replaceDeprecatedFunctions } from './replace-deprecated-functions.ts'
import { tryLoading } from './try-loading.ts'

export type NativeName = 'tfjs-node-gpu' | 'tfjs-node'

/** The name under which both native packages register themselves. */
const registered = 'tensorflow'

const guide = 'docs/native-tensorflow.md of mode-ood'

/**
 * Makes a native package the current backend. It is imported only after its library has loaded elsewhere, since a failed
 * import leaves operations behind that belong to no backend.
 */
export async function startNative(tf: TensorFlow, name: NativeName, folders: readonly string[]): Promise<Outcome> {
  if (tf.findBackendFactory(registered) === null) {
    const found = await loadable(`@tensorflow/${name}`, tf.version_core, folders)
    if ('reason' in found) return found
    // Unless someone wants them, TensorFlow keeps its remarks on processors and devices to itself.
    process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3'
    replaceDeprecatedFunctions()
    loadQuietly(found.directory)
  }
  const { isGPUPackage, isUsingGpuDevice, binding } = tf.findBackend(registered) as unknown as NodeBackend
  if (isGPUPackage !== (name === 'tfjs-node-gpu')) {
    const other: NativeName = isGPUPackage ? 'tfjs-node-gpu' : 'tfjs-node'
    return { reason: `${other} is loaded and a process can hold only one of the two`, remedy: 'use another process' }
  }
  await tf.setBackend(registered)
  return { engine: `TensorFlow ${binding.TF_Version}`, device: isUsingGpuDevice ? 'gpu' : 'cpu' }
}

/** What the native packages' backend tells of itself. */
interface NodeBackend {
  readonly isGPUPackage: boolean
  readonly isUsingGpuDevice: boolean
  readonly binding: { readonly TF_Version: string }
}

/** A package of the wanted version whose library loads, or what is the matter with it. */
async function loadable(name: string, wanted: string, folders: readonly string[]): Promise<NativePackage | Setback> {
  const found = findNativePackage(name, folders)
  const install = `npm install ${name}@${wanted}`
  if (found === undefined) return { reason: 'not installed', remedy: `${install}, and where that fails ${guide}` }
  if (found.version !== wanted) {
    return { reason: `version ${found.version} beside @tensorflow/tfjs-core ${wanted}`, remedy: install }
  }
  const { library } = found
  if (!existsSync(library)) {
    const reason = `installed without its native library ${library}`
    return { reason, remedy: `npm rebuild ${name}, and where that fails ${guide}` }
  }
  const failure = await tryLoading(library)
  return failure === undefined ? found : { reason: `its library does not load: ${failure}`, remedy: `see ${guide}` }
}
