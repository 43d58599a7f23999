import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createGraph } from '@mode-ood/onnx-graph'
import { temporaryDirectory } from '@mode-ood/testing'
import { beforeAll, describe, expect, test } from 'vitest'
import { run, smallDetector, smallProject, spawnCommand, writeConfiguration } from './small-detector.test.fixture.ts'

let project = ''
let detector = ''
beforeAll(async () => {
  project = await smallProject()
  detector = await smallDetector()
})

const lines = (text: string) => text.trim().split('\n')
const records = (text: string) => lines(text).map((line) => JSON.parse(line) as Record<string, unknown>)

describe('detect run', () => {
  test('in another process: a line an image of any size, exit code 3 where something is OOD', async () => {
    const { code, stdout, stderr } = await spawnCommand(
      'run',
      detector,
      join(project, 'grey'),
      join(project, 'known/0.jpg'),
      '--json',
    )
    expect([code, stderr]).toEqual([3, expect.stringContaining('4 images, 3 out of distribution')])
    expect(records(stdout).map(({ file, isOod }) => [file, isOod])).toEqual([
      [join(project, 'grey/0.png'), true],
      [join(project, 'grey/1.png'), true],
      [join(project, 'grey/2.png'), true],
      [join(project, 'known/0.jpg'), false],
    ])
    expect(Object.keys(records(stdout)[0]!).slice(0, 4)).toEqual(['file', 'score', 'pValue', 'isOod'])
  })

  test('exit code 0 where all are in-distribution', async () => {
    const { code, stdout } = await run('run', detector, join(project, 'known'), '--threads', '1')
    expect(code).toBe(0)
    expect(lines(stdout)).toHaveLength(5)
    expect(lines(stdout).every((line) => line.startsWith('id '))).toBe(true)
  })

  test('--explain names the view and training images: a training image is its own nearest', async () => {
    const file = join(project, 'train/7.png')
    const { stdout } = await run('run', detector, file, '--explain', '--json', '--threads', '1')
    expect(records(stdout)[0]).toMatchObject({ view: expect.any(String), nearest: { length: 5 } })
    expect((records(stdout)[0]!['nearest'] as object[])[0]).toMatchObject({
      name: expect.stringContaining('7.png'),
      distance: 0,
    })
    const text = await run('run', detector, file, '--explain', '--threads', '1')
    expect(text.stdout).toMatch(/by the view "[a-z ]+", squared distance:\n +0\.00000 .*7\.png/)
  })

  test('--explain says once that a score has nothing to explain by', async () => {
    const energy = join(temporaryDirectory(), 'energy')
    const config = writeConfiguration({ score: 'energy' }, 'energy.json')
    expect((await run('fit', '--config', config, '--output', energy, '--threads', '1')).code).toBe(0)
    const { stdout, stderr } = await run('run', energy, join(project, 'known'), '--explain', '--threads', '1')
    expect(lines(stdout)).toHaveLength(5)
    expect(stderr.split('score "energy" compares with no training images')).toHaveLength(2)
  })

  test('--fdr decides over all images', async () => {
    const { code, stdout } = await run(
      'run',
      detector,
      join(project, 'grey'),
      join(project, 'known'),
      '--fdr',
      '0.1',
      '--threads',
      '1',
    )
    expect(code).toBe(3)
    expect(lines(stdout).filter((line) => line.startsWith('OOD'))).toHaveLength(3)
  })

  test('an image that cannot be read is told of, the others are judged', async () => {
    const bad = join(temporaryDirectory(), 'bad.png')
    writeFileSync(bad, readFileSync(join(project, 'grey/0.png')).subarray(0, 60))
    const { code, stdout, stderr } = await run('run', detector, bad, join(project, 'known/1.jpg'), '--threads', '1')
    expect([code, lines(stdout).length]).toEqual([1, 1])
    expect(stderr).toContain(`${bad}: is damaged or not an image`)
  })

  test.each<[string[], number, string]>([
    [['run'], 2, 'say which detector'],
    [['run', 'x'], 2, 'say which images x is to look at'],
    [['run', 'nowhere', 'package.json'], 1, 'there is no detector here'],
    [['run', 'nowhere', 'no-such.png'], 1, 'no-such.png: there is no such file'],
    [['run', 'x', 'y', '--fdr', '2'], 2, '--fdr is "2"'],
    [['run', 'x', 'y', '--jsn'], 2, 'did you mean --json?'],
    [['ran'], 2, 'there is no command "ran"'],
    [[], 2, 'say what to do: fit, run or serve'],
    [['fit'], 2, '--config FILE is missing'],
    [['fit', '--config', 'x.yaml'], 2, '--output DIR is missing'],
    [['serve', 'nowhere', '--port', '99999'], 2, '--port is "99999"'],
    [['serve', 'nowhere'], 1, 'there is no detector here'],
  ])('%j ends with %i and one sentence', async (args, expected, sentence) => {
    const { code, stdout, stderr } = await run(...args)
    expect([code, stdout, stderr]).toEqual([expected, '', expect.stringContaining(sentence)])
    expect(lines(stderr)).toHaveLength(1)
  })
})

describe('detect fit', () => {
  test('says the threshold and what it promises', async () => {
    const output = join(temporaryDirectory(), 'detector')
    const config = writeConfiguration({ score: 'energy', falseAlarmRate: 0.05, confidence: 0.95 }, 'confident.json')
    const { code, stdout, stderr } = await run('fit', '--config', config, '--output', output, '--threads', '1')
    expect([code, stderr]).toEqual([0, expect.any(String)])
    expect(stdout).toContain('place 1 of 60 calibration images')
    expect(stdout).toContain('at most 5 % of new in-distribution images are false alarms, with confidence 95 %')
  })

  test('a score module becomes part of the detector, which then stands alone', async () => {
    const module = join(temporaryDirectory(), 'mine.js')
    writeFileSync(
      module,
      `import { defineScore } from '@mode-ood/core'
       export default defineScore({
         name: 'mean-of-training', needs: ['embedding'],
         async fit(training) {
           let sum = 0, count = 0
           for await (const { embedding } of training) for (const x of embedding.data) { sum += x; count++ }
           return { mean: sum / count }
         },
         score: ({ embedding: { rows, columns, data } }, _, { mean }) => Float64Array.from({ length: rows }, (_, i) =>
           -Math.abs(data.subarray(i * columns, (i + 1) * columns).reduce((a, b) => a + b, 0) / columns - mean)),
       })`,
    )
    const place = temporaryDirectory()
    const config = writeConfiguration({ score: { module } }, 'own.json')
    const { code, stderr } = await spawnCommand(
      'fit',
      '--config',
      config,
      '--output',
      join(place, 'a'),
      '--threads',
      '1',
    )
    expect([code, stderr]).toEqual([0, expect.any(String)])
    cpSync(join(place, 'a'), join(place, 'moved'), { recursive: true })
    writeFileSync(module, 'throw new Error("not read again")')
    const found = await spawnCommand('run', join(place, 'moved'), join(project, 'known'), '--json')
    expect([found.code, records(found.stdout).length]).toEqual([0, 5])
  }, 300_000)

  test('a module that does not stand alone is refused at once', async () => {
    const place = temporaryDirectory()
    writeFileSync(join(place, 'helper.js'), 'export const factor = 2')
    writeFileSync(
      join(place, 'mine.js'),
      `import { defineScore } from '@mode-ood/core'
       import { factor } from './helper.js'
       export default defineScore({ name: 'two-files', needs: ['logits'], score: ({ logits }) => new Float64Array(logits.rows).fill(factor) })`,
    )
    const config = writeConfiguration({ score: { module: join(place, 'mine.js') } }, 'two-files.json')
    const { code, stderr } = await spawnCommand(
      'fit',
      '--config',
      config,
      '--output',
      join(place, 'out'),
      '--threads',
      '1',
    )
    expect([code, stderr]).toEqual([1, expect.stringContaining('its score must be one file that stands alone')])
    expect(stderr).toContain(`${join(place, 'out')}: its score`)
    expect(readdirSync(place).toSorted()).toEqual(['helper.js', 'mine.js', 'out'])
  })

  test.each<[string, object, number, string]>([
    ['too few images', { falseAlarmRate: 0.01 }, 1, 'needs at least 99 calibration images, but the calibration has 60'],
    [
      'too small classes',
      { thresholdByClass: true, falseAlarmRate: 0.01 },
      1,
      'calibration images a class, but predicted class 0 has',
    ],
    ['a rate that is none', { falseAlarmRate: 5 }, 1, '"falseAlarmRate" is 5'],
    ['an unknown score', { score: 'csdd' }, 2, 'did you mean csd?'],
    ['an unknown option', { score: { name: 'csd', kk: 2 } }, 2, 'did you mean k?'],
    [
      'a module among combined scores',
      { score: { combine: ['energy', { combine: ['msp', { module: './mine.js' }] }] } },
      1,
      '"score.combine" holds the module ./mine.js, but',
    ],
    ['an unknown key', { falseAlarmrate: 0.1 }, 1, 'did you mean falseAlarmRate?'],
    [
      'the training images as calibration',
      { id: { train: { format: 'folder', path: 'train' }, calibration: { format: 'folder', path: 'train' } } },
      1,
      'the very images of "id.train"',
    ],
    [
      'a model that is missing',
      { model: { onnx: 'gone.onnx', mean: [0, 0, 0], std: [1, 1, 1] } },
      1,
      'there is no such file',
    ],
    [
      'a score without its outputs',
      { model: { onnx: 'small.onnx', featureMap: false, mean: [0, 0, 0], std: [1, 1, 1] } },
      1,
      'scores that work are',
    ],
  ])('%s', async (name, change, expected, sentence) => {
    const config = writeConfiguration(change, 'wrong.json')
    const { code, stderr } = await run(
      'fit',
      '--config',
      config,
      '--output',
      join(temporaryDirectory(), name),
      '--threads',
      '1',
    )
    expect(stderr).toContain(sentence)
    expect([code, lines(stderr).filter((line) => line.startsWith('error: ')).length]).toEqual([expected, 1])
  })

  test('what is saved is compared by as many threads as it was fitted with', async () => {
    // Outputs of this model depend on how a batch is split, as they do by rounding where a network is large.
    const graph = createGraph()
    const images = graph.input('images', 'float32', ['n', 3, 8, 8])
    const flat = graph.node('Flatten', [graph.node('GlobalAveragePool', [images])], { axis: 1 })
    const shares = graph.node('Softmax', [flat], { axis: 0 })
    const head = graph.constant(
      Float32Array.from({ length: 9 }, (_, i) => i % 4),
      [3, 3],
    )
    graph.output(graph.node('Gemm', [shares, head], {}, { name: 'logits' }), 'float32')
    writeFileSync(join(project, 'split.onnx'), graph.encode())
    const model = { onnx: 'split.onnx', featureMap: false, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] }
    const config = writeConfiguration({ model, score: 'energy' }, 'split.json')
    const output = join(temporaryDirectory(), 'split')
    const { code, stderr } = await run('fit', '--config', config, '--output', output, '--threads', '3')
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
  })

  test('a directory with other files is left alone', async () => {
    const output = temporaryDirectory()
    mkdirSync(join(output, 'photos'))
    const { code, stderr } = await run(
      'fit',
      '--config',
      writeConfiguration({ score: 'msp' }, 'msp.json'),
      '--output',
      output,
      '--threads',
      '1',
    )
    expect([code, stderr]).toEqual([1, expect.stringContaining('holds other files than a detector')])
    expect(stderr).not.toContain('learning from')
  })

  test('a project whose configuration is called detector.json is no detector', async () => {
    const output = temporaryDirectory()
    cpSync(project, output, { recursive: true })
    const before = readdirSync(output)
    const { code, stderr } = await run('fit', '--config', join(output, 'detector.json'), '--output', output)
    expect([code, stderr]).toEqual([1, expect.stringContaining('holds other files than a detector')])
    expect(readdirSync(output)).toEqual(before)
  })

  test('--help and --schema print what they promise', async () => {
    expect((await run('--help')).stdout).toContain('fit --config FILE --output DIR')
    expect((await run('run', '--help')).stdout).toContain('--explain')
    const { stdout } = await run('fit', '--schema')
    const published = readFileSync(new URL('../schema/detector.schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(stdout)).toEqual(JSON.parse(published))
  })
})
