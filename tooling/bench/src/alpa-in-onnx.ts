// Started by the benchmark of alpa: `alpa-in-onnx THREADS DIRECTORY NAME` reads inputs.safetensors there, writes
// NAME.safetensors and prints what it took.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tensor as StoredTensor } from '@mode-ood/core'
import { readSafetensors, writeSafetensors } from '@mode-ood/safetensors'
import { emitAlpaGraph } from '@mode-ood/training'
import { InferenceSession, Tensor } from 'onnxruntime-node'

const [threads, directory, name] = process.argv.slice(2) as [string, string, string]
const { tensors } = readSafetensors(readFileSync(join(directory, 'inputs.safetensors')))
const { shape, data: map } = tensors.get('map')!
const [count, , channels] = shape as [number, number, number]
const bytes = emitAlpaGraph({ count, height: 4, width: 4, channels })
const session = await InferenceSession.create(bytes, {
  intraOpNumThreads: Number(threads),
  // As the training engine has it: a plan of the memory pattern takes more than it saves.
  enableMemPattern: false,
})
const floats = (tensor: StoredTensor) => new Tensor('float32', tensor.data as Float32Array, [...tensor.shape])
const matrices = ['query', 'key', 'value'].flatMap((role) => [`${role}.w1`, `${role}.w2`])
const feeds = {
  map: new Tensor('float32', map as Float32Array, [...shape]),
  labels: new Tensor('int32', tensors.get('labels')!.data as Int32Array, [count / 2]),
  ...Object.fromEntries(matrices.map((matrix) => [`alpa.${matrix}`, floats(tensors.get(matrix)!)])),
}

await session.run(feeds)
const began = performance.now()
const outputs = await session.run(feeds)
const seconds = (performance.now() - began) / 1000

const results = ['loss', 'map', ...matrices].map((what): [string, StoredTensor] => {
  const output = what === 'loss' ? what : what === 'map' ? 'gradient.map' : `gradient.alpa.${what}`
  const { data, dims } = outputs[output]!
  return [what, { dtype: 'F32', shape: dims, data: data as Float32Array }]
})
writeFileSync(join(directory, `${name}.safetensors`), writeSafetensors(new Map(results)))
process.stdout.write(JSON.stringify({ seconds }))
