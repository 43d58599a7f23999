// Started by the benchmark of alpa: `alpa-in-wasm DIRECTORY NAME` reads inputs.safetensors there, writes NAME.safetensors
// and prints what it took.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alpaLoss, type AlpaProjections } from '@mode-ood/alpa'
import type { Tensor as StoredTensor } from '@mode-ood/core'
import { readSafetensors, writeSafetensors } from '@mode-ood/safetensors'
import * as tf from '@tensorflow/tfjs-core'

await import('@tensorflow/tfjs-backend-wasm')
await tf.setBackend('wasm')
const [directory, name] = process.argv.slice(2) as [string, string]
const { tensors } = readSafetensors(readFileSync(join(directory, 'inputs.safetensors')))
const floats = (stored: StoredTensor) => tf.tensor(stored.data as Float32Array, [...stored.shape])
const { shape } = tensors.get('map')!
const map = tf.reshape(floats(tensors.get('map')!), [shape[0]!, 4, 4, shape[2]!])
const labels = tf.tensor1d(tensors.get('labels')!.data as Int32Array, 'int32')
const names = ['query', 'key', 'value'].flatMap((role) => [`${role}.w1`, `${role}.w2`])
const matrices = names.map((matrix) => floats(tensors.get(matrix)!))

const loss = (x: tf.Tensor, ...[q1, q2, k1, k2, v1, v2]: tf.Tensor[]) => {
  const projections = { query: { w1: q1, w2: q2 }, key: { w1: k1, w2: k2 }, value: { w1: v1, w2: v2 } }
  return alpaLoss(x as tf.Tensor4D, labels, projections as AlpaProjections)
}
/** Values by name, read back, so that everything has been computed. */
function compute(): [string, StoredTensor][] {
  const { value, grads } = tf.valueAndGrads(loss as (...given: tf.Tensor[]) => tf.Scalar)([map, ...matrices])
  const results = [value, ...grads].map((tensor, i): [string, StoredTensor] => [
    ['loss', 'map', ...names][i]!,
    { dtype: 'F32', shape: tensor.shape, data: tensor.dataSync() as Float32Array },
  ])
  tf.dispose([value, ...grads])
  return results
}

compute()
const began = performance.now()
const results = compute()
const seconds = (performance.now() - began) / 1000
writeFileSync(join(directory, `${name}.safetensors`), writeSafetensors(new Map(results)))
process.stdout.write(JSON.stringify({ seconds }))
