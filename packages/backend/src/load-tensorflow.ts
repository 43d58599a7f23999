import { createRequire } from 'node:module'
import type { TensorFlow } from './backend-name.ts'
import { quietly } from './quietly.ts'

const require = createRequire(import.meta.url)

/** Loads a package of this one's dependencies without a word on the console. */
export function loadQuietly(name: string): unknown {
  return quietly(() => require(name) as unknown)
}

/** The core of TensorFlow.js. Loaded when first wanted: it takes a while and, on newer versions of Node, warns. */
export function loadTensorFlow(): TensorFlow {
  return loadQuietly('@tensorflow/tfjs-core') as TensorFlow
}

/** Registers the gradients of all operations; the core alone has none in Node. */
export function loadGradients(tf: TensorFlow): void {
  if (tf.getGradient('Conv2D') === undefined) loadQuietly('@tensorflow/tfjs-layers')
}
