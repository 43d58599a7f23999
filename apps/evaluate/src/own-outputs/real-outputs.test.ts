import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StateDict, Tensor } from '@mode-ood/core'
import { parseResults, type Results } from '@mode-ood/report'
import { readSafetensors, writeSafetensors } from '@mode-ood/safetensors'
import { describeWithData, realData, temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { run } from '../command.test.fixture.ts'

const checkpoint = 'models/resnet20_cifar10.safetensors'
const cifar = (path: string) => ({ format: 'cifar10', files: [realData(path)] })
const images = {
  id: { train: cifar('cifar10/train_a.bin'), test: cifar('cifar10/test_a.bin') },
  ood: [{ name: 'tin', group: 'near', ...cifar('ood/tin_a/images32.bin') }],
  scores: ['all', { name: 'nnguide', k: 5 }],
}

/** Runs a configuration; the cache, if any, is in the output directory. */
async function evaluate(configuration: object, ...args: string[]): Promise<{ directory: string; results: Results }> {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'run.json'), JSON.stringify(configuration))
  const { code, stderr } = await run('--config', join(directory, 'run.json'), '--output', directory, ...args)
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
  return { directory, results: parseResults(JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8'))) }
}

/** The tensors of a set in the cache of features, all parts as one. */
function keptFeatures(directory: string): Record<string, Tensor> {
  const parts = readdirSync(directory)
    .filter((name) => name.startsWith('part-'))
    .sort()
    .map((name) => readSafetensors(readFileSync(join(directory, name))).tensors)
  const joined = (name: string): Tensor => {
    const [first, ...others] = parts.map((part) => part.get(name)!)
    const all = [first!, ...others]
    const data = all.flatMap((tensor) => [...(tensor.data as ArrayLike<number> & Iterable<number>)])
    const shape = [all.reduce((sum, tensor) => sum + tensor.shape[0]!, 0), ...first!.shape.slice(1)]
    return first!.dtype === 'I32'
      ? { dtype: 'I32', shape, data: Int32Array.from(data) }
      : { dtype: 'F32', shape, data: Float32Array.from(data) }
  }
  return Object.fromEntries(['logits', 'embedding', 'views', 'labels'].map((name) => [name, joined(name)]))
}

describeWithData('outputs of a network on real images, saved', [checkpoint, 'ood/tin_a/images32.bin'], () => {
  test('give by every score the very numbers that the images give', async () => {
    const cache = temporaryDirectory()
    const channels = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
    const model = { architecture: 'cifar-resnet20', checkpoint: realData(checkpoint), ...channels }
    const { results } = await evaluate({ model, ...images }, '--limit', '120', '--cache', cache)

    const directory = temporaryDirectory()
    const byLogits = new Map<string, string>()
    for (const [i, name] of readdirSync(cache).entries()) {
      const features = keptFeatures(join(cache, name))
      const path = join(directory, `set-${i}.safetensors`)
      writeFileSync(path, writeSafetensors(features))
      byLogits.set(setOf(features), path)
    }
    const own = (set: string) => ({ format: 'outputs', path: byLogits.get(set)! })
    const weights: StateDict = readSafetensors(readFileSync(realData(checkpoint))).tensors
    const names = { weight: 'linear.weight', bias: 'linear.bias' }
    expect(Object.values(names).every((name) => weights.has(name))).toBe(true)
    const again = await evaluate({
      model: { outputs: { head: { path: realData(checkpoint), ...names } } },
      id: { train: own('id.train'), test: own('id.test') },
      ood: [{ name: 'tin', group: 'near', ...own('tin') }],
      scores: images.scores,
    })
    expect(results.scores).toHaveLength(29)
    expect(again.results.scores).toEqual(results.scores)
    expect(again.results.idAccuracy).toBe(results.idAccuracy)
  })
})

/** Which set features are of: of CIFAR-10 by how many are classified correctly, and the training set is not the test set. */
function setOf({ logits, labels }: Record<string, Tensor>): string {
  const [rows, classes] = logits!.shape as [number, number]
  let correct = 0
  for (let row = 0; row < rows; row++) {
    const values = (logits!.data as Float32Array).subarray(row * classes, (row + 1) * classes)
    if (values.indexOf(Math.max(...values)) === (labels!.data as Int32Array)[row]) correct++
  }
  const accuracy = correct / rows
  return accuracy < 0.5 ? 'tin' : accuracy > 0.95 ? 'id.train' : 'id.test'
}
