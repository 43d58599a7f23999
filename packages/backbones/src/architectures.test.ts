import { InvalidOptionError } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { type Architecture, architectures, backboneSpec, networkPlan, stateDictEntries } from './index.ts'

/** Learnable parameters: everything but running statistics. */
function parameters(name: Architecture, classes: number): number {
  return stateDictEntries(backboneSpec(name), { classes })
    .filter((entry) => !entry.name.includes('running_'))
    .reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0)
}

describe('parameter counts that were published', () => {
  test.each([
    ['cifar-resnet20', 10, 269_722],
    ['cifar-resnet32', 10, 464_154],
    ['cifar-resnet44', 10, 658_586],
    ['cifar-resnet56', 10, 853_018],
    ['cifar-resnet18', 10, 11_173_962],
    ['cifar-resnet34', 10, 21_282_122],
    ['cifar-resnet50', 10, 23_520_842],
    ['resnet18', 1000, 11_689_512],
    ['resnet34', 1000, 21_797_672],
    ['resnet50', 1000, 25_557_032],
  ] as const)('%s', (name, classes, count) => {
    expect(parameters(name, classes)).toBe(count)
  })
})

test('the slim network has the 4 x 4 map of the wide ones', () => {
  // 3·9·16 + (16·9·16·2) + (16·9·32 + 32·9·32 + 16·32) + … + batch normalisation + 128·10 + 10
  const filters = 432 + 4608 + (4608 + 9216 + 512) + (18_432 + 36_864 + 2048) + (73_728 + 147_456 + 8192)
  const norms = 2 * (16 + 16 * 2 + 32 * 3 + 64 * 3 + 128 * 3)
  expect(parameters('cifar-resnet10-slim', 10)).toBe(filters + norms + 1290)
  const strides = networkPlan(backboneSpec('cifar-resnet10-slim')).blocks.map(
    ({ convolutions }) => convolutions[0]!.stride,
  )
  expect(strides).toEqual([1, 2, 2, 2])
})

test('specs are plain data', () => {
  for (const name of architectures) {
    const spec = backboneSpec(name)
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
  }
})

test('plans say how wide the embedding is', () => {
  expect(architectures.map((name) => networkPlan(backboneSpec(name)).dimension)).toEqual([
    128, 64, 64, 64, 64, 512, 512, 2048, 512, 512, 2048,
  ])
})

test('an unknown architecture is an error that lists the known ones', () => {
  const open = () => backboneSpec('resnet99' as Architecture)
  expect(open).toThrow(InvalidOptionError)
  expect(open).toThrow(/"resnet99" is unknown: choose one of cifar-resnet10-slim, .*resnet50$/)
  expect(() => backboneSpec('toString' as Architecture)).toThrow(InvalidOptionError)
})
