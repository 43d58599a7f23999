import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect } from 'vitest'

const packages = {
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
}

/**
 * Runs tests on every backend that is a plain package. Gradients are not registered here: with tfjs-core alone in Node there are
 * none, and the losses bring their own.
 */
export function describeBackends(name: string, body: () => void): void {
  describe.each(['cpu', 'wasm'] as const)(`${name} on %s`, (backend) => {
    beforeAll(async () => {
      tf.enableProdMode() // silences the greeting of the cpu backend
      await packages[backend]()
      await tf.setBackend(backend)
      await tf.ready()
    })
    body()
  })
}

/** Values and gradients as plain numbers, leaving no tensor behind: fails when `compute` does. */
export function numbers<K extends string>(compute: () => Record<K, tf.Tensor>): Record<K, Float32Array> {
  const before = tf.memory().numTensors
  const results = tf.tidy(() =>
    Object.fromEntries(Object.entries<tf.Tensor>(compute()).map(([key, tensor]) => [key, tensor.dataSync()])),
  )
  expect(tf.memory().numTensors).toBe(before)
  return results as unknown as Record<K, Float32Array>
}
