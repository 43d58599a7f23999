import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRandom } from '@mode-ood/core'
import { openModel } from '@mode-ood/inference'
import { readSafetensors, writeSafetensors } from '@mode-ood/safetensors'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { run, smallTraining, writeConfiguration } from './command.test.fixture.ts'

const shipped = fileURLToPath(new URL('../../evaluate/demo/cifar-resnet10-slim-demo.safetensors', import.meta.url))
/** The network that is shipped, which has learnt. */
const learnt = { ...smallTraining.model, architecture: 'cifar-resnet10-slim', classes: 8, checkpoint: shipped }
const demo = (set: string, count: number) => ({ format: 'demo', set, count })

describe('train', () => {
  test('leaves a model, checkpoints, a log and a page; evaluates while it trains', async () => {
    const output = join(temporaryDirectory(), 'out')
    const config = writeConfiguration(temporaryDirectory(), {
      epochs: 3,
      id: { train: demo('train', 20), test: demo('test', 12) },
      ood: [{ name: 'noise & more', group: 'near', ...demo('noise', 9) }],
      scores: ['msp', { name: 'knn', k: 3 }],
      evaluateEvery: 2,
    })
    const { code, stdout, stderr } = await run('--config', config, '--output', output)
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining('small.safetensors'), expect.any(String)])
    expect(stderr.match(/epoch \d of 3: loss \d/g)).toHaveLength(3)
    expect(readdirSync(output).sort()).toEqual(['checkpoints', 'metrics.jsonl', 'small.safetensors', 'training.html'])
    expect(readdirSync(join(output, 'checkpoints')).sort()).toEqual([
      'best.safetensors',
      'step-00000010.safetensors',
      'step-00000015.safetensors',
    ])
    const lines = readFileSync(join(output, 'metrics.jsonl'), 'utf8').trim().split('\n')
    const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(records.filter(({ kind }) => kind === 'steps')).toHaveLength(15)
    const evaluations = records.filter(({ kind }) => kind === 'evaluation')
    expect(evaluations).toMatchObject([{ epoch: 1 }, { epoch: 2, scores: [{ name: 'msp' }, { sets: [{ count: 9 }] }] }])
    const page = readFileSync(join(output, 'training.html'), 'utf8')
    expect(page).toContain('noise &amp; more')
    expect(page).not.toContain('noise & more')

    const model = await openModel({
      architecture: 'cifar-resnet20',
      checkpoint: join(output, 'small.safetensors'),
      classes: 10,
      threads: 1,
    })
    await model.close()
    const { metadata } = readSafetensors(readFileSync(join(output, 'small.safetensors')))
    expect(metadata).toMatchObject({ architecture: 'cifar-resnet20', classes: '10', step: '15' })

    const again = await run('--config', config, '--output', output)
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('holds a run already')])
    const other = writeConfiguration(temporaryDirectory(), { ...JSON.parse(readFileSync(config, 'utf8')), seed: 8 })
    const changed = await run('--config', other, '--output', output, '--resume')
    expect([changed.code, changed.stderr]).toEqual([2, expect.stringMatching(/"seed" is 8, but .* begun with 7/)])

    // A torn checkpoint is passed over for the one before.
    const [newest, trained] = [join(output, 'checkpoints/step-00000015.safetensors'), join(output, 'small.safetensors')]
    const [bytes, weights] = [readFileSync(newest), readFileSync(trained)]
    writeFileSync(newest, bytes.subarray(0, 5000))
    const resumed = await run('--config', config, '--output', output, '--resume')
    expect([resumed.code, resumed.stderr]).toEqual([
      0,
      expect.stringMatching(/step-00000015.*the one before is taken\n.*step-00000010/),
    ])
    expect([readFileSync(newest), readFileSync(trained)]).toEqual([bytes, weights])
    expect(resumed.stdout).toBe(stdout)
  }, 300_000)

  test('fine-tunes a network and says what of it was taken', async () => {
    const directory = temporaryDirectory()
    const config = writeConfiguration(directory, {
      model: learnt,
      epochs: 1,
      optimizer: { learningRate: 1e-12, weightDecay: 0 },
    })
    const { code, stderr } = await run('--config', config, '--output', join(directory, 'out'))
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/all \d+ tensors of cifar-resnet10-slim taken, its classifier included/),
    ])
    const trained = readSafetensors(readFileSync(join(directory, 'out/small.safetensors'))).tensors
    const begun = readSafetensors(readFileSync(shipped)).tensors
    expect(trained.get('layer4.0.conv2.weight')!.data).toEqual(begun.get('layer4.0.conv2.weight')!.data)
    expect(trained.get('bn1.running_mean')!.data).not.toEqual(begun.get('bn1.running_mean')!.data)
  })

  test('--help and --schema print what they promise', async () => {
    expect((await run('--help')).stdout).toContain('--resume')
    const published = readFileSync(new URL('../schema/training.schema.json', import.meta.url), 'utf8')
    const { stdout } = await run('--schema')
    expect(JSON.parse(stdout)).toEqual(JSON.parse(published))
    expect(JSON.parse(stdout)).toMatchObject({ required: ['model', 'id', 'loss', 'optimizer', 'epochs', 'batchSize'] })
  })
})

const { model } = smallTraining
const refusals: [string, object, number, RegExp][] = [
  ['an unknown key', { epoch: 3 }, 1, /has the unknown key "epoch"; did you mean epochs\?/],
  ['an unknown loss', { loss: 'supcn' }, 1, /"loss" is "supcn", which is not known; did you mean supcon\?/],
  ['no loss', { loss: undefined }, 1, /"loss" is missing/],
  [
    'an option of another loss',
    { loss: { name: 'ce', temperature: 1 } },
    1,
    /"loss" has the unknown key "temperature"/,
  ],
  ['an unknown schedule', { schedule: { name: 'cosin' } }, 1, /"schedule\.name" is "cosin".*did you mean cosine\?/],
  ['no learning rate', { optimizer: {} }, 1, /"optimizer\.learningRate" is missing/],
  ['half an epoch', { epochs: 0.5 }, 1, /"epochs" is 0\.5/],
  ['an unknown augmentation', { augmentation: 'strong' }, 1, /"augmentation" is "strong".*there are none, crop-flip/],
  ['one view for two', { loss: 'supcon', views: 1 }, 1, /"views" is 1, but the loss supcon compares 2/],
  ['more images a batch than there are', { batchSize: 21 }, 1, /"batchSize" is 21, but "id\.train" has only 20 images/],
  [
    'fewer classes than the set',
    { model: { ...model, classes: 3 } },
    1,
    /"model\.classes" is 3, but .* of \d+ classes/,
  ],
  ['fine-tuning from nothing', { loss: 'alpa' }, 1, /"loss" alpa fine-tunes a network, so "model\.checkpoint"/],
  [
    'frozen stages of nothing',
    { model: { ...model, frozenStages: 1 } },
    1,
    /"model\.frozenStages" keeps a network, so/,
  ],
  [
    'more frozen stages than there are',
    { model: { ...learnt, frozenStages: 5 } },
    1,
    /"model\.frozenStages" is 5, but cifar-resnet10-slim has 4 stages/,
  ],
  ['a missing checkpoint', { model: { ...model, checkpoint: 'no.pt' } }, 1, /no\.pt/],
  ['another network', { model: { ...model, architecture: 'cifar-resnet32', checkpoint: shipped } }, 1, /missing/],
  [
    'a missing OOD set',
    { id: { train: demo('train', 20), test: demo('test', 9) }, ood: [{ name: 'x', format: 'folder', path: 'no' }] },
    1,
    /no: does not exist/,
  ],
  [
    'an unknown score',
    {
      id: { train: demo('train', 20), test: demo('test', 9) },
      ood: [{ name: 'x', ...demo('noise', 9) }],
      scores: ['cds'],
    },
    2,
    /no score "cds"; did you mean csd\?/,
  ],
  [
    'logits of an encoder',
    {
      loss: 'supcon',
      id: { train: demo('train', 20), test: demo('test', 9) },
      ood: [{ name: 'x', ...demo('noise', 9) }],
      scores: ['msp'],
    },
    1,
    /score "msp" needs the model's logits/,
  ],
]

test.each(refusals)('%s is refused before anything is trained', async (_, change, code, sentence) => {
  const directory = temporaryDirectory()
  const output = join(directory, 'out')
  const { code: given, stderr } = await run('--config', writeConfiguration(directory, change), '--output', output)
  const sentences = stderr.split('\n').filter((line) => line.startsWith('error: '))
  expect([given, sentences]).toEqual([code, [expect.stringMatching(sentence)]])
  expect(stderr).not.toMatch(/\n\s+at |\(unexpected|undefined|\[object/)
  expect(existsSync(join(output, 'checkpoints'))).toBe(false)
})

test('--resume of nothing begins anew and says so; a directory in the way is told', async () => {
  const directory = temporaryDirectory()
  const config = writeConfiguration(directory, { epochs: 1, batchSize: 10 })
  mkdirSync(join(directory, 'out/small.safetensors'), { recursive: true })
  const { code, stderr } = await run('--config', config, '--output', join(directory, 'out'), '--resume')
  expect([code, stderr]).toEqual([1, expect.stringMatching(/begins anew[\s\S]*small\.safetensors: cannot be written/)])
})

test('a loss that is no number any more ends the run in one sentence', async () => {
  const directory = temporaryDirectory()
  const weights = new Map(readSafetensors(readFileSync(shipped)).tensors)
  const random = createRandom(1)
  const { shape, data } = weights.get('linear.weight')!
  weights.set('linear.weight', {
    dtype: 'F32',
    shape,
    data: Float32Array.from(data as Float32Array, () => 3e38 * random.uniform()),
  })
  const checkpoint = join(directory, 'huge.safetensors')
  writeFileSync(checkpoint, writeSafetensors(weights))
  const config = writeConfiguration(directory, { model: { ...learnt, checkpoint } })
  const { code, stderr } = await run('--config', config, '--output', join(directory, 'out'))
  expect([code, stderr]).toEqual([1, expect.stringMatching(/error: .*loss.*learning rate/)])
})
