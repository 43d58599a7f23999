import { type BackendName, type TensorFlow } from './backend-name.ts'
import { checkBackend } from './check-backend.ts'
import { loadQuietly } from './load-tensorflow.ts'
import type { Outcome, Setback, Success } from './outcome.ts'
import { startNative } from './start-native.ts'

/** Makes a backend the current one and has it compute something. Never throws; a failure leaves the current one in place. */
export async function tryBackend(
  tf: TensorFlow,
  name: BackendName,
  folders: readonly string[],
): Promise<Setback | (Success & { readonly convolutionGradients: boolean })> {
  const before = tf.getBackend()
  const isTest = tf.env().getBool('IS_TEST')
  // Under this flag TensorFlow.js prints neither its banner nor why a backend did not start.
  tf.env().set('IS_TEST', true)
  try {
    const outcome = await start(tf, name, folders)
    if ('engine' in outcome) return { ...outcome, convolutionGradients: await checkBackend(tf) }
    return outcome
  } catch (error) {
    const { message } = error as Error
    if (before && tf.getBackend() !== before) await tf.setBackend(before)
    return { reason: `fails: ${message.trim().split('\n')[0]}`, remedy: 'another backend may work' }
  } finally {
    tf.env().set('IS_TEST', isTest)
  }
}

async function start(tf: TensorFlow, name: BackendName, folders: readonly string[]): Promise<Outcome> {
  if (name === 'tfjs-node' || name === 'tfjs-node-gpu') return startNative(tf, name, folders)
  if (tf.findBackendFactory(name) === null) loadQuietly(`@tensorflow/tfjs-backend-${name}`)
  if (!(await tf.setBackend(name))) throw new Error('it does not start')
  return { engine: `TensorFlow.js ${tf.version_core}`, device: 'cpu' }
}
