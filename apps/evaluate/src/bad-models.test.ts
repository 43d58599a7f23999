import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Tensor } from '@mode-ood/core'
import { readSafetensors, writeSafetensors } from '@mode-ood/safetensors'
import { expect, test } from 'vitest'
import { refusalOf, smallConfiguration, smallEvaluation, writeModel, type Refusal } from './command.test.fixture.ts'

const shared = smallEvaluation()
const base = smallConfiguration(shared)
const demo = fileURLToPath(new URL('../demo/cifar-resnet10-slim-demo.safetensors', import.meta.url))

const onnx =
  (path: (directory: string) => string, more: object = {}) =>
  (directory: string) => ({
    change: { model: { ...base.model, onnx: path(directory), ...more } },
  })

const weight = (value: number) =>
  onnx((directory) => {
    writeModel(join(directory, 'odd.onnx'), value)
    return join(directory, 'odd.onnx')
  })

/** The demo checkpoint with its tensors or bytes changed. */
const checkpoint =
  (change: (tensors: Map<string, Tensor>) => void, { size, classes = 8 }: { size?: number; classes?: number } = {}) =>
  (directory: string) => {
    const { tensors } = readSafetensors(readFileSync(demo))
    change(tensors)
    const path = join(directory, 'model.safetensors')
    writeFileSync(path, writeSafetensors(tensors).subarray(0, size))
    const { onnx: _, ...channels } = base.model as { onnx: string }
    return { change: { model: { architecture: 'cifar-resnet10-slim', checkpoint: path, classes, ...channels } } }
  }

const unchanged = () => {}
const zeros = (length: number): Tensor => ({ dtype: 'F32', shape: [length], data: new Float32Array(length) })
const withNaN = (tensor: Tensor): Tensor => {
  const data = Float32Array.from(tensor.data as Float32Array)
  data[7] = Number.NaN
  return { dtype: 'F32', shape: tensor.shape, data }
}
const cut = (directory: string) => {
  writeFileSync(join(directory, 'cut.onnx'), readFileSync(join(shared, 'tiny.onnx')).subarray(0, 700))
  return join(directory, 'cut.onnx')
}
/** A checkpoint of the fixtures of torch-checkpoint. */
const torch = (name: string) => () => {
  const path = fileURLToPath(new URL(`../../../packages/torch-checkpoint/fixtures/${name}`, import.meta.url))
  const { onnx: _, ...channels } = base.model as { onnx: string }
  return { change: { model: { architecture: 'cifar-resnet20', checkpoint: path, ...channels } } }
}
const scores = (score: object) => () => ({ change: { scores: [score] } })

const refusals: Refusal[] = [
  ['a missing ONNX file', onnx(() => 'no.onnx'), 1, /no\.onnx: there is no such file/],
  ['a folder for an ONNX file', onnx((directory) => directory), 1, /is a directory, but a file was expected/],
  ['another file for an ONNX file', onnx(() => demo), 1, /demo\.safetensors: is not an ONNX file, or a torn one/],
  ['a truncated ONNX file', onnx(cut), 1, /cut\.onnx: is not an ONNX file, or a torn one/],
  [
    'an unknown tensor',
    onnx(() => join(shared, 'tiny.onnx'), { logits: 'logit' }),
    2,
    /evaluate\.json: .* "logit".*"logits"/,
  ],
  [
    'another input size',
    onnx(() => join(shared, 'tiny.onnx'), { inputSize: 16 }),
    2,
    /takes images of 8 x 8, but inputSize is 16 x 16/,
  ],
  ['NaN in an ONNX file', weight(Number.NaN), 1, /set "id\.train": score "knn", .*: embedding of image 0 holds NaN/],
  [
    'infinity in an ONNX file',
    weight(Infinity),
    1,
    /set "id\.train": score "knn", .*: embedding of image 0 holds -?Infinity/,
  ],
  [
    'a truncated header',
    checkpoint(unchanged, { size: 2000 }),
    1,
    /ends within its header, which takes \d{4} of its 2000/,
  ],
  ['truncated tensors', checkpoint(unchanged, { size: 500_000 }), 1, /model\.safetensors: .*500000/],
  ['an empty checkpoint', checkpoint(unchanged, { size: 0 }), 1, /model\.safetensors: is empty, but a checkpoint/],
  ['a missing tensor', checkpoint((all) => all.delete('bn1.bias')), 1, /1 tensor missing \(bn1\.bias \[16\]\)/],
  ['an extra tensor', checkpoint((all) => all.set('extra', zeros(2))), 1, /1 tensor not part of it \(extra \[2\]\)/],
  ['a misshapen tensor', checkpoint((all) => all.set('bn1.bias', zeros(2))), 1, /bn1\.bias is \[2\] instead of \[16\]/],
  ['other classes', checkpoint(unchanged, { classes: 10 }), 1, /classifier for 8 classes, but the model is to have 10/],
  [
    'NaN in a weight',
    checkpoint((all) => all.set('conv1.weight', withNaN(all.get('conv1.weight')!))),
    1,
    /model\.safetensors: tensor conv1\.weight holds NaN at element 7/,
  ],
  ['a pickle that runs a command', torch('malicious.pt'), 1, /malicious\.pt: holds "posix\.system", which is refused/],
  ['a pickled module', torch('module.pt'), 1, /save model\.state_dict\(\) instead/],
  [
    'another network in a .pt',
    torch('training.pt'),
    1,
    /training\.pt: does not fit cifar-resnet20: .* tensors missing/,
  ],
  ['k beyond the bank', scores({ name: 'knn', k: 33 }), 1, /score "knn": k is 33 but the bank holds 32 vectors/],
  ['k beyond the bank of csd', scores({ name: 'csd', k: 1000 }), 1, /score "csd": k is 1000 but the bank holds \d+/],
]

test.each(refusals)('%s', async (_, wrong, code, sentence) => {
  expect(await refusalOf(base, wrong)).toEqual([code, expect.stringMatching(sentence)])
})
