import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseResults, type Results } from '@mode-ood/report'
import { readSafetensors } from '@mode-ood/safetensors'
import { describeWithData, temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { run, spawnCommand } from './command.test.fixture.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
/** What PyTorch, faiss and scikit-learn give for the same images; the file names the command. */
const reference = new URL('../fixtures/real-subset/resnet20.json', import.meta.url)
interface Reference {
  readonly limit: number
  readonly idAccuracy: number
  readonly results: Record<string, Record<string, Record<string, number>>>
}
const examples = fileURLToPath(new URL('../../../examples/', import.meta.url))

const resultsIn = (directory: string): Results =>
  parseResults(JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8')))

describe('evaluate', () => {
  test('a score of one’s own runs beside the others, twice with the same numbers, the second time from the cache', async () => {
    const cache = temporaryDirectory()
    const runs: Results[] = []
    for (const name of ['first', 'second']) {
      const output = join(cache, name)
      const config = join(examples, 'custom-score/evaluate.yaml')
      const { code, stdout, stderr } = await run(
        '--config',
        config,
        '--limit',
        '40',
        '--cache',
        cache,
        '--output',
        output,
      )
      expect([code, stderr.includes('from the cache')]).toEqual([0, name === 'second'])
      expect(stdout).toContain('margin')
      expect(readdirSync(output).sort()).toEqual([
        'images-0000.webp',
        'images.json',
        'report.html',
        'results.csv',
        'results.json',
        'scores.safetensors',
      ])
      const { tensors } = readSafetensors(readFileSync(join(output, 'scores.safetensors')))
      expect(tensors.get('margin/id')!.shape).toEqual([40])
      runs.push(resultsIn(output))
    }
    expect(runs[0]!.scores.map((score) => score.name)).toEqual(['margin', 'msp'])
    expect(runs[1]!.scores).toEqual(runs[0]!.scores)
    expect(runs[1]!.idAccuracy).toBe(runs[0]!.idAccuracy)
  })

  test.each([
    [['--confg', 'x'], 2, 'did you mean --config?'],
    [['--config'], 2, '--config needs a value'],
    [[], 2, '--config FILE is missing'],
    [['--config', 'no-such.yaml'], 1, 'no-such.yaml: there is no such file'],
    [['--demo', '--limit', '0'], 2, '--limit is "0"'],
    [['--demo', '--output', main], 2, 'is a file'],
    [['--demo', '--output', join(main, 'below')], 2, 'lies below a file'],
    [['--demo', '--scores', 'cds', '--output', '/tmp'], 2, 'did you mean csd?'],
  ])('%j ends with %i and one sentence', async (args, expected, sentence) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(expected)
    expect(stderr).toContain(sentence)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test.each([
    ['model: {', 'is not valid YAML'],
    ['modle: {}', 'did you mean model?'],
    ['model: { architecture: cifar-resnet20, checkpoint: x, mean: [0, 0, 0] }', '"model.std" is missing'],
    ['ood: []', '"model" is missing'],
  ])('a configuration %j is refused with a reason', async (text, reason) => {
    const file = join(temporaryDirectory(), 'bad.yaml')
    writeFileSync(file, text)
    const { code, stderr } = await run('--config', file, '--output', join(file, '../out'))
    expect(code).toBe(1)
    expect(stderr).toContain(reason)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test('an unknown format names the nearest one', async () => {
    const file = join(temporaryDirectory(), 'bad.yaml')
    const model = '{ architecture: cifar-resnet20, checkpoint: x, mean: [0, 0, 0], std: [1, 1, 1] }'
    writeFileSync(
      file,
      `model: ${model}\nid: { test: { format: cifar11, files: [x] } }\nood: [{ name: a, format: folder, path: y }]`,
    )
    const { code, stderr } = await run('--config', file, '--output', join(file, '../out'))
    expect([code, stderr]).toEqual([1, expect.stringContaining('cifar10')])
  })

  test('a process of its own gives the same sentence and exit code', async () => {
    const { code, stdout, stderr } = await spawnCommand('--confg', 'x')
    expect([code, stdout, stderr]).toEqual([2, '', (await run('--confg', 'x')).stderr])
  })

  test('--help and --schema print what they promise', async () => {
    expect((await run('--help')).stdout).toContain('--config FILE')
    const { stdout } = await run('--schema')
    const published = readFileSync(new URL('../schema/evaluation.schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(stdout)).toEqual(JSON.parse(published))
    expect(JSON.parse(stdout)).toMatchObject({ required: ['model', 'id', 'ood'] })
  })
})

describeWithData('evaluate on real data', ['models/resnet20_cifar10.safetensors', 'cifar10/train_a.bin'], () => {
  test('gives the numbers of PyTorch, faiss and scikit-learn', async () => {
    const output = join(temporaryDirectory(), 'run')
    const config = join(examples, 'cifar10/resnet20.yaml')
    const { limit, idAccuracy, results } = JSON.parse(readFileSync(reference, 'utf8')) as Reference
    const { code, stderr } = await spawnCommand(
      '--config',
      config,
      '--limit',
      `${limit}`,
      '--no-cache',
      '--output',
      output,
    )
    expect([code, stderr]).toEqual([0, expect.any(String)])
    expect(existsSync(join(output, 'report.html'))).toBe(true)
    const found = resultsIn(output)
    expect(Math.abs(found.idAccuracy! - idAccuracy)).toBeLessThan(2e-3)
    for (const [name, sets] of Object.entries(results)) {
      for (const [set, metrics] of Object.entries(sets)) {
        const entry = found.scores.find((score) => score.name === name)!.sets.find((one) => one.name === set)!
        for (const [metric, value] of Object.entries(metrics)) {
          // One image more or less at a threshold moves an FPR by a thousandth.
          const tolerance = metric.startsWith('fpr') ? 5e-3 : 1e-3
          expect(Math.abs(entry[metric as 'auroc'] - value), `${metric} of ${name} on ${set}`).toBeLessThan(tolerance)
        }
      }
    }
  }, 600_000)
})
