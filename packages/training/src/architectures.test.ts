import { prepareBackend } from '@mode-ood/backend'
import { type Architecture, architectures } from '@mode-ood/backbones'
import { relativeError, tolerance } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { firstStep, inOnnx, inTensorFlow, thinned } from './architectures.test.fixture.ts'
import { blockedLayout } from './onnx/blocked/blocked-layout.ts'
import { probeBlockSize } from './onnx/blocked/block-size.ts'
import { plainLayout } from './onnx/plain/plain-layout.ts'

const blocked = blockedLayout((await probeBlockSize())!)
const { tf } = await prepareBackend({ prefer: 'wasm' })

type Tensors = ReadonlyMap<string, Float32Array>

/** The tensors that differ by more than rounding. */
function differences(found: Tensors, expected: Tensors, precision: number): string[] {
  expect([...found.keys()].sort()).toEqual([...expected.keys()].sort())
  return [...expected].flatMap(([name, values]) => {
    const error = relativeError(found.get(name)!, values)
    return error < precision ? [] : [`${name} by ${error}`]
  })
}

/** Where rounding turns no ReLU. */
const seeds: Record<Architecture, number> = {
  'cifar-resnet10-slim': 3,
  'cifar-resnet20': 3,
  'cifar-resnet32': 2,
  'cifar-resnet44': 3,
  'cifar-resnet56': 3,
  'cifar-resnet18': 3,
  'cifar-resnet34': 2,
  'cifar-resnet50': 3,
  resnet18: 3,
  resnet34: 3,
  resnet50: 3,
}

/** Of float32, in all but the deepest: there the last bit of every pixel alone moves gradients by 7e-6. */
const precisionOf = (name: Architecture) => (name === 'resnet50' ? 4 * tolerance.float32 : tolerance.float32)

test.each(architectures)('%s: both layouts and TensorFlow.js find the same loss and gradients', async (name) => {
  const step = firstStep(thinned(name), seeds[name])
  const [plain, inBlocks, other] = [
    await inOnnx(step, plainLayout),
    await inOnnx(step, blocked),
    inTensorFlow(step, tf),
  ]
  expect(plain.gradients.size + plain.statistics.size).toBe(step.entries.length)
  for (const { loss, gradients } of [inBlocks, other]) {
    expect(relativeError([loss], [plain.loss])).toBeLessThan(tolerance.float32)
    expect(differences(gradients, plain.gradients, precisionOf(name))).toEqual([])
  }
  expect(differences(inBlocks.gradients, other.gradients, precisionOf(name))).toEqual([])
  expect(differences(inBlocks.statistics, plain.statistics, tolerance.float32)).toEqual([])
})
