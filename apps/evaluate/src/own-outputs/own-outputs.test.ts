import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRandom, type Tensor } from '@mode-ood/core'
import { multiScaleViews } from '@mode-ood/csd'
import { parseResults, type Results } from '@mode-ood/report'
import { writeSafetensors } from '@mode-ood/safetensors'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { refusalOf, run, type Configuration, type Outcome, type Refusal } from '../command.test.fixture.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/own-outputs/${name}`, import.meta.url))
const stored = { format: 'outputs', path: fixture('stored.npz'), layout: 'nchw' }
const base: Configuration = {
  model: { outputs: { name: 'mine', head: fixture('head.npz') } },
  id: { train: stored, test: stored },
  ood: [{ name: 'other', group: 'near', ...stored }],
  scores: ['energy', { name: 'knn', k: 3 }],
}

async function evaluate(change: object, ...args: string[]): Promise<Outcome & { results: Results }> {
  const directory = temporaryDirectory()
  const config = join(directory, 'own.json')
  writeFileSync(config, JSON.stringify({ ...base, ...change }))
  const outcome = await run('--config', config, '--output', directory, '--no-cache', ...args)
  expect([outcome.code, outcome.stderr]).toEqual([0, expect.not.stringContaining('error')])
  return { ...outcome, results: parseResults(JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8'))) }
}

/** 12 x 3 logits, 12 x 4 embeddings, maps and labels in a file of their own. */
function write(directory: string, tensors: Record<string, Tensor>, name = 'own.safetensors'): string {
  const path = join(directory, name)
  writeFileSync(path, writeSafetensors(tensors))
  return path
}
const random = createRandom('own outputs')
const floats = (...shape: number[]): Tensor & { data: Float32Array } => {
  const length = shape.reduce((product, extent) => product * extent, 1)
  return { dtype: 'F32', shape, data: Float32Array.from({ length }, () => random.normal()) }
}

describe('model.outputs', () => {
  test('every score can be served; the report names the model and shows no pixels', async () => {
    const { results, stdout } = await evaluate({
      scores: ['csd', 'energy', { name: 'knn', k: 3 }, 'vim', 'kl-matching'],
    })
    expect(results.model).toMatchObject({ description: 'mine', classes: 3, inputSize: 0, mean: [], std: [] })
    expect(results.id.test.description).toContain('stored.npz')
    expect(results.scores.map(({ name }) => name)).toEqual(['csd', 'energy', 'knn', 'vim', 'kl-matching'])
    // The very same images on both sides: nothing can be told apart.
    for (const { sets } of results.scores) expect(sets[0]!.auroc).toBe(0.5)
    expect(stdout).toContain('other holds the very images of id.train')
  })

  test('views may be given, or come from a map in either layout, with the same numbers', async () => {
    const directory = temporaryDirectory()
    const sets = [0, 1, 2].map(() => floats(12, 3, 5, 4))
    const configurations = (['given', 'nhwc', 'nchw'] as const).map((kind) => {
      const [train, tested, other] = sets.map((map, i) => {
        const [count, height, width, channels] = map.shape as [number, number, number, number]
        const views = multiScaleViews({ count, height, width, channels, data: map.data })
        const moved = new Float32Array(map.data.length)
        for (let n = 0; n < count; n++)
          for (let p = 0; p < 15; p++)
            for (let c = 0; c < channels; c++)
              moved[(n * channels + c) * 15 + p] = map.data[(n * 15 + p) * channels + c]!
        const tensors: Record<string, Tensor> = {
          given: { views: { dtype: 'F32', shape: [count, 6, channels], data: views.data } as Tensor },
          nhwc: { featureMap: map as Tensor },
          nchw: { featureMap: { dtype: 'F32', shape: [count, channels, height, width], data: moved } as Tensor },
        }[kind]
        const path = write(directory, tensors, `${kind}-${i}.safetensors`)
        return { format: 'outputs', path, ...(kind !== 'given' && { layout: kind }) }
      })
      return { model: { outputs: {} }, id: { train, test: tested }, ood: [{ name: 'other', ...other }] }
    })
    const found: Results['scores'][] = []
    for (const change of configurations)
      found.push((await evaluate({ ...change, scores: [{ name: 'csd', k: 2 }] })).results.scores)
    expect(found[0]![0]!.sets[0]!.auroc).not.toBe(0.5)
    expect(found[1]).toEqual(found[0])
    expect(found[2]).toEqual(found[0])
  })

  test('the example runs on files as its script names them', async () => {
    const directory = temporaryDirectory()
    const example = readFileSync(new URL('../../../../examples/own-features/evaluate.yaml', import.meta.url), 'utf8')
    mkdirSync(join(directory, 'outputs'))
    for (const name of ['train', 'test', 'textures']) {
      copyFileSync(fixture('stored.npz'), join(directory, `outputs/${name}.npz`))
    }
    copyFileSync(fixture('head.npz'), join(directory, 'outputs/head.npz'))
    writeFileSync(join(directory, 'evaluate.yaml'), example)
    const { code, stdout } = await run('--config', join(directory, 'evaluate.yaml'), '--output', directory)
    expect([code, stdout]).toEqual([0, expect.stringContaining('my network: 12 ID test images')])
  })

  test('--limit takes rows spread over the set', async () => {
    const { results } = await evaluate({}, '--limit', '5')
    expect([results.id.test.count, results.ood[0]!.count]).toEqual([5, 5])
    expect(results.warnings).toContain('at most 5 images of every set were used (--limit)')
  })

  test('without a head or an embedding the scores that need them are refused by name, or left out of all', async () => {
    const model = { outputs: { name: 'mine' } }
    const scores = ['vim', 'energy']
    expect(await refusalOf(base, () => ({ change: { model, scores } }))).toEqual([
      1,
      expect.stringMatching(/score "vim" needs the model's head, which mine does not give; of the others "energy" can/),
    ])
    const logits = { format: 'outputs', logits: fixture('logits.npy') }
    expect(
      await refusalOf(base, () => ({ change: { ood: [{ name: 'far away', ...logits }], scores: ['knn', 'msp'] } })),
    ).toEqual([
      1,
      expect.stringMatching(
        /score "knn" needs the model's embedding, which set "far away" \(.*logits\.npy\) does not give; of the others "msp" can/,
      ),
    ])
    const { results } = await evaluate({
      model,
      id: { test: logits },
      ood: [{ name: 'other', ...logits }],
      scores: 'all',
    })
    expect(results.scores.map(({ name }) => name)).toEqual(['msp', 'max-logit', 'energy', 'gen', 'entropy'])
  })

  test('labels of OOD sets are not looked at: they are -1 where others mark what is OOD', async () => {
    const logits = floats(12, 3)
    const path = write(temporaryDirectory(), { logits, labels: integers(-1, -1) })
    const { results } = await evaluate({
      model: { outputs: {} },
      ood: [{ name: 'marked', group: 'far', format: 'outputs', path }],
      scores: ['energy'],
    })
    expect(results.ood.map(({ count }) => count)).toEqual([12])
  })

  test('a validation set needs no more than what is fitted on it does', async () => {
    const validation = { format: 'outputs', logits: fixture('logits.npy'), labels: fixture('labels-uint8.npy') }
    const { results } = await evaluate({
      id: { train: stored, validation, test: stored },
      scores: ['temperature-scaled-msp', { name: 'knn', k: 3 }],
    })
    expect(results.id.validation!.count).toBe(12)
  })
})

const set = (change: object) => () => ({ change: { ood: [{ name: 'other', format: 'outputs', ...change }] } })
const tensors =
  (given: Record<string, Tensor>, more: object = {}) =>
  (directory: string) =>
    set({ path: write(directory, given), ...more })()
/** The same in the place of id.test. */
const tested = (given: Record<string, Tensor>) => (directory: string) => ({
  change: { model: { outputs: {} }, id: { test: { format: 'outputs', path: write(directory, given) } } },
})
const integers = (...values: number[]): Tensor => ({
  dtype: 'I32',
  shape: [values.length],
  data: Int32Array.from(values),
})
const wrongValue = (tensor: Tensor & { data: Float32Array }, value: number): Tensor => {
  tensor.data[6] = value
  return tensor
}

const refusals: Refusal[] = [
  [
    'a set of images',
    () => ({ change: { ood: [{ name: 'x', format: 'folder', path: 'y' }] } }),
    2,
    /set "x" is of the format folder, but "model\.outputs" takes sets of the format outputs/,
  ],
  [
    'a network for outputs',
    () => ({ change: { model: { onnx: 'a.onnx', mean: [0, 0, 0], std: [1, 1, 1] } } }),
    2,
    /set "id\.train" is of the format outputs, which goes with "model\.outputs"; a network takes images/,
  ],
  ['no file at all', set({}), 2, /set "other" names no file: give path, or an \.npy file for logits/],
  ['labels only', set({ labels: fixture('labels-uint8.npy') }), 2, /set "other" has labels only/],
  [
    'an unknown name',
    set({ path: fixture('stored.npz'), logits: 'out', layout: 'nchw' }),
    1,
    /stored\.npz: holds no array "out" for the logits/,
  ],
  ['names of none', set({ path: fixture('head.npz') }), 1, /head\.npz: holds no array called logits, embedding, views/],
  ['an .npy as path', set({ path: fixture('logits.npy') }), 1, /is one array: name it by what it is, such as logits:/],
  [
    'an archive for an array',
    set({ logits: fixture('stored.npz') }),
    1,
    /holds named arrays: give it as path, and the name as logits/,
  ],
  ['a map without layout', set({ path: fixture('stored.npz') }), 2, /set "other" has a feature map: say layout: nchw/],
  ['an unknown key', set({ path: fixture('stored.npz'), layout: 'chwn' }), 1, /layout/],
  [
    'other axes',
    tensors({ logits: floats(12, 3, 1) }),
    1,
    /own\.safetensors: logits: the logits is \[12, 3, 1\], and must be \[images, classes\]/,
  ],
  ['no images', tensors({ logits: floats(0, 3) }), 1, /the logits is \[0, 3\], and so holds nothing/],
  [
    'different counts',
    tensors({ logits: floats(12, 3), embedding: floats(11, 4) }),
    1,
    /embedding: is of 11 images, but .*logits of 12/,
  ],
  [
    'other labels than images',
    tested({ logits: floats(12, 3), labels: integers(0, 1) }),
    1,
    /labels: is of 2 images, but .*logits of 12/,
  ],
  [
    'negative labels',
    tested({ logits: floats(2, 3), labels: integers(0, -1) }),
    1,
    /labels: is -1 for image 1, but labels are whole numbers from 0/,
  ],
  [
    'whole numbers for logits',
    tensors({ logits: { dtype: 'I32', shape: [2, 3], data: new Int32Array(6) } }),
    1,
    /logits: holds whole numbers \(I32\)/,
  ],
  [
    'other classes',
    tensors({ logits: floats(12, 5) }),
    1,
    /has (5|3) classes, but .* has (5|3): they are not of one model/,
  ],
  [
    'another dimension',
    tensors({ embedding: floats(12, 5) }),
    1,
    /numbers an embedding, but .*they are not of one model/,
  ],
  [
    'another model',
    tensors({ logits: floats(12, 3), embedding: floats(12, 4) }),
    1,
    /logit 0 of image 0 is .*, but .*head\.npz makes .* of the embedding/,
  ],
  [
    'NaN',
    tensors({ logits: wrongValue(floats(12, 3), Number.NaN) }),
    1,
    /set "other", images from own\.safetensors row 0 on: score "energy": logits of image 2 holds NaN/,
  ],
  [
    'views of another length',
    tensors({ logits: floats(12, 3), views: floats(12, 6, 4) }),
    1,
    /views: view 0 of image 0 has the length .*, but views are of unit length/,
  ],
  [
    'a head of other shapes',
    () => ({
      change: { model: { outputs: { head: { path: fixture('stored.npz'), weight: 'logits', bias: 'labels' } } } },
    }),
    1,
    /holds whole numbers/,
  ],
  [
    'a head without bias',
    () => ({ change: { model: { outputs: { head: { weight: fixture('logits.npy') } } } } }),
    2,
    /model\.outputs\.head .* has no bias/,
  ],
  [
    'labels beyond the classes',
    () => ({ change: { model: { outputs: {} }, id: { train: stored, test: { ...stored, labels: 'logits' } } } }),
    1,
    /labels are \[images\]/,
  ],
]

test.each(refusals)('%s', async (name, wrong, code, sentence) => {
  const scores = name.startsWith('views') ? ['csd'] : ['energy']
  expect(await refusalOf({ ...base, scores }, wrong)).toEqual([code, expect.stringMatching(sentence)])
})
