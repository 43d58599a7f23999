import { fileURLToPath } from 'node:url'
import { type BackendName, backendNames, type TensorFlow } from './backend-name.ts'
import { BackendUnavailableError } from './backend-unavailable-error.ts'
import { loadGradients, loadTensorFlow } from './load-tensorflow.ts'
import type { Success } from './outcome.ts'
import { tryBackend } from './try-backend.ts'

/** A backend by name, or any that can differentiate convolutions: WebAssembly cannot. */
export type BackendPreference = BackendName | 'convolution-gradients'

export interface PrepareOptions {
  /** The fastest that works unless given. */
  readonly prefer?: BackendPreference | undefined
  /** Folders from which the native packages are looked up: by default this package's, then the current one. */
  readonly folders?: readonly string[] | undefined
}

/** A backend that was passed over. */
export interface SkippedBackend {
  readonly name: BackendName
  readonly reason: string
}

/** The backend that all tensor operations of this process now run on. */
export interface PreparedBackend {
  readonly name: BackendName
  /** The operations, with all gradients: what `import * as tf from '@tensorflow/tfjs-core'` gives. */
  readonly tf: TensorFlow
  readonly device: 'cpu' | 'gpu'
  /** Whether `tf.conv2d` can be differentiated, and so networks be trained. */
  readonly convolutionGradients: boolean
  /** Those that would have come first, and why they did not; none when the backend was asked for by name. */
  readonly skipped: readonly SkippedBackend[]
  /** Choice and reasons in one line, for logs. */
  readonly summary: string
}

/**
 * Chooses a TensorFlow.js backend, makes it the current one of the process and tries it: `tfjs-node-gpu`, then `tfjs-node`
 * where these optional packages are installed and load, else WebAssembly, else plain JavaScript. Nothing is printed, and a
 * package that cannot load is never imported.
 *
 * @throws BackendUnavailableError when a backend asked for by name cannot be used: why, and what to install.
 * @example
 * const { tf, summary } = await prepareBackend({ prefer: 'convolution-gradients' })
 */
export async function prepareBackend(options: PrepareOptions = {}): Promise<PreparedBackend> {
  const { prefer, folders = [fileURLToPath(new URL('.', import.meta.url)), process.cwd()] } = options
  const named = prefer === undefined || prefer === 'convolution-gradients' ? undefined : prefer
  const tf = loadTensorFlow()
  loadGradients(tf)
  const skipped: SkippedBackend[] = []
  for (const name of named ? [named] : backendNames) {
    const outcome = await tryBackend(tf, name, folders)
    if ('reason' in outcome) {
      const { reason, remedy } = outcome
      if (named) throw new BackendUnavailableError(`backend ${name} cannot be used (${reason}): ${remedy}`)
      skipped.push({ name, reason })
    } else if (prefer === 'convolution-gradients' && !outcome.convolutionGradients) {
      skipped.push({ name, reason: 'no gradients of convolutions' })
    } else {
      const { device, convolutionGradients } = outcome
      return { name, tf, device, convolutionGradients, skipped, summary: summarize(name, outcome, skipped) }
    }
  }
  throw new BackendUnavailableError(`no TensorFlow.js backend works here: ${reasons(skipped)}`)
}

function summarize(name: BackendName, { engine, device }: Success, skipped: readonly SkippedBackend[]): string {
  const choice = `${name} (${engine}, ${device.toUpperCase()})`
  return skipped.length === 0 ? choice : `${choice}; ${reasons(skipped)}`
}

function reasons(skipped: readonly SkippedBackend[]): string {
  return skipped.map(({ name, reason }) => `${name}: ${reason}`).join('; ')
}
