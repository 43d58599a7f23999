import { InvalidFileError, type StateDict, type Tensor } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { hashedTensor } from './hashed-weights.test.fixture.ts'
import { type Architecture, backboneSpec, loadStateDict, stateDictEntries } from './index.ts'

const spec = backboneSpec('cifar-resnet20')

function stateDict(architecture: Architecture = 'cifar-resnet20', classes = 10): Map<string, Tensor> {
  const entries = stateDictEntries(backboneSpec(architecture), classes === 0 ? {} : { classes })
  return new Map(entries.map(({ name, shape }, i) => [name, hashedTensor(name, shape, i)]))
}

function renamed(tensors: StateDict, rename: (name: string) => string): Map<string, Tensor> {
  return new Map([...tensors].map(([name, tensor]) => [rename(name), tensor]))
}

function filled(shape: readonly number[], value = 0): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return { dtype: 'F32', shape, data: new Float32Array(size).fill(value) }
}

/** The message loading fails with; it must be one sentence of an InvalidFileError. */
function failure(tensors: StateDict, options: Parameters<typeof loadStateDict>[2] = {}): string {
  try {
    loadStateDict(spec, tensors, { file: 'model.safetensors', ...options })
  } catch (error) {
    if (error instanceof InvalidFileError) return error.message
    throw error
  }
  throw new Error('loading succeeded')
}

describe('names', () => {
  const plain = loadStateDict(spec, stateDict())

  test.each([
    ['module.', (name: string) => `module.${name}`],
    ['encoder.', (name: string) => (name.startsWith('linear') ? name : `encoder.${name}`)],
    ['module.backbone.', (name: string) => `module.backbone.${name}`],
    ['module.encoder.module.', (name: string) => `module.encoder.module.${name}`],
    ['fc for linear', (name: string) => name.replace('linear', 'fc')],
    ['module.fc', (name: string) => `module.${name.replace('linear', 'fc')}`],
  ])('%s is recognised', (_, rename) => {
    expect(loadStateDict(spec, renamed(stateDict(), rename))).toEqual(plain)
  })

  test('linear is recognised where torchvision has fc', () => {
    const tensors = renamed(stateDict('resnet18'), (name) => name.replace('fc', 'linear'))
    expect(loadStateDict(backboneSpec('resnet18'), tensors).head?.weight).toMatchObject({ rows: 10, columns: 512 })
  })

  test('num_batches_tracked is ignored', () => {
    const counter: Tensor = { dtype: 'I64', shape: [], data: BigInt64Array.of(7n) }
    const tensors = new Map([...stateDict(), ['bn1.num_batches_tracked', counter]])
    expect(loadStateDict(spec, tensors)).toEqual(plain)
  })

  test('a name that appears with and without prefix is an error', () => {
    const tensors = stateDict().set('module.conv1.weight', filled([16, 3, 3, 3]))
    expect(failure(tensors)).toMatch(/both conv1.weight and module.conv1.weight could be the tensor conv1.weight/)
  })

  test('so are two classifiers', () => {
    expect(failure(stateDict().set('fc.bias', filled([10])))).toMatch(/both linear.bias and fc.bias/)
  })
})

describe('tensors that do not fit', () => {
  test('missing, extra and misshapen ones are listed in one sentence with their shapes', () => {
    const tensors = stateDict()
      .set('layer3.0.conv2.weight', filled([64, 32, 3, 3]))
      .set('norm.gain', filled([5]))
    tensors.delete('layer1.2.bn1.running_var')
    tensors.delete('conv1.weight')
    expect(failure(tensors)).toBe(
      'model.safetensors: does not fit cifar-resnet20: ' +
        '2 tensors missing (conv1.weight [16, 3, 3, 3]; layer1.2.bn1.running_var [16]), ' +
        '1 tensor not part of it (norm.gain [5]), ' +
        '1 tensor of another shape (layer3.0.conv2.weight is [64, 32, 3, 3] instead of [64, 64, 3, 3])',
    )
  })

  test('long lists are cut, and the architecture that would fit is named', () => {
    const message = failure(stateDict('cifar-resnet32'))
    expect(message).toMatch(/60 tensors not part of it \(.* and 55 more\); it fits cifar-resnet32$/)
    expect(message.length).toBeLessThan(500)
  })

  test('an empty checkpoint misses everything', () => {
    expect(failure(new Map())).toMatch(/97 tensors missing \(conv1.weight \[16, 3, 3, 3\];.* and 92 more\)$/)
  })

  test('a wrong number of classes is a sentence of its own', () => {
    expect(failure(stateDict(), { classes: 100 })).toBe(
      'model.safetensors: has a classifier for 10 classes, but the model is to have 100',
    )
  })

  test('a bias of another length than the weight', () => {
    expect(failure(stateDict().set('linear.bias', filled([9])))).toMatch(/linear.bias is \[9\] instead of \[10\]/)
  })

  test.each([
    ['NaN', 'layer2.1.conv1.weight', Number.NaN, /tensor layer2.1.conv1.weight holds NaN at element 3/],
    ['infinity', 'linear.bias', Number.NEGATIVE_INFINITY, /tensor linear.bias holds -Infinity at element 3/],
    [
      'a negative variance',
      'bn1.running_var',
      -0.5,
      /tensor bn1.running_var holds -0.5 at element 3, which is no variance/,
    ],
  ])('%s names the tensor', (_, name, value, message) => {
    const tensors = stateDict()
    tensors.get(name)!.data[3] = value
    expect(failure(tensors)).toMatch(message)
  })

  test('integers are no weights', () => {
    const integers: Tensor = { dtype: 'I32', shape: [16], data: new Int32Array(16) }
    expect(failure(stateDict().set('bn1.bias', integers))).toMatch(/bn1.bias holds integers \(I32\)/)
  })
})

/** A checkpoint as SupCon's code writes it. */
function contrastive(): Map<string, Tensor> {
  return renamed(stateDict('cifar-resnet20', 0), (name) => `encoder.${name}`)
    .set('head.0.weight', filled([64, 64]))
    .set('head.0.bias', filled([64]))
    .set('head.2.weight', filled([128, 64]))
}

describe('an encoder without classifier', () => {
  test('is an error that says how to open it', () => {
    expect(failure(contrastive())).toMatch(
      /2 tensors missing \(linear.weight \[classes, 64\]; linear.bias \[classes\]\); it is an encoder without classifier: say logits: false to open it as one/,
    )
  })

  test('opens with logits: false, its projection head set aside', () => {
    const weights = loadStateDict(spec, contrastive(), { logits: false })
    expect(weights.head).toBeUndefined()
    expect(weights.unused).toEqual(['head.0.weight', 'head.0.bias', 'head.2.weight'])
    expect(weights.tensors.size).toBe(95)
  })

  test('a classifier may be declined', () => {
    expect(loadStateDict(spec, stateDict(), { logits: false }).unused).toEqual(['linear.weight', 'linear.bias'])
  })
})

test('double and half precision become float32', () => {
  const tensors = stateDict()
  const values = Float64Array.from({ length: 16 }, (_, i) => i / 3)
  tensors.set('bn1.bias', { dtype: 'F64', shape: [16], data: values })
  expect(loadStateDict(spec, tensors).tensors.get('bn1.bias')).toEqual(Float32Array.from(values))
})
