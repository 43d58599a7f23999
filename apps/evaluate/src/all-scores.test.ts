import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StateDict } from '@mode-ood/core'
import { parseResults, type Results } from '@mode-ood/report'
import { readSafetensors } from '@mode-ood/safetensors'
import * as scores from '@mode-ood/scores'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { refusalOf, run, smallConfiguration, smallEvaluation, type Outcome } from './command.test.fixture.ts'
import { shippedScores } from '@mode-ood/detector'

const shared = smallEvaluation()
const base = smallConfiguration(shared)

async function evaluate(change: object, ...args: string[]): Promise<Outcome & { results: Results; raw: StateDict }> {
  const directory = temporaryDirectory()
  const config = join(directory, 'all.json')
  writeFileSync(config, JSON.stringify({ ...base, ...change }))
  const outcome = await run('--config', config, '--output', directory, '--no-cache', '--threads', '1', ...args)
  const results = parseResults(JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8')))
  return { ...outcome, results, raw: readSafetensors(readFileSync(join(directory, 'scores.safetensors'))).tensors }
}

const namesIn = ({ scores: found }: Results) => found.map(({ name }) => name)

test('every score of the packages can be named', () => {
  const exported = Object.values(scores).filter((value) => typeof value === 'function' && 'needsFit' in value)
  expect([...shippedScores.keys()].sort()).toEqual([...exported.map(({ name }) => name), 'csd'].sort())
  expect(shippedScores.size).toBe(29)
})

describe('all', () => {
  test('is every score, each with the options it is listed with; what the data cannot serve is left out and told', async () => {
    // 32 training images are too few for the neighbours that these ask for by default.
    const { code, stdout, stderr, results } = await evaluate({ scores: ['all', { name: 'nnguide', k: 5 }] })
    expect([code, stderr]).toEqual([0, expect.stringContaining('32 images, 19 scores, 2 passes')])
    const left = [...shippedScores.keys()].filter((name) => !namesIn(results).includes(name))
    expect(left).toEqual(['knn'])
    expect(stdout).toMatch(/Note: left out: set "id\.test", .*score "knn": k is 50 but the bank holds 32 vectors/)
    expect(results.scores.find(({ name }) => name === 'nnguide')!.options).toMatchObject({ k: 5 })
  })

  test('reads the features once a pass, and gives what each score gives alone', async () => {
    const { results, stderr, stdout } = await evaluate({ scores: 'all' }, '--scores', 'all', '--published')
    expect(stderr.match(/learning from id\.train: 32 images, \d+ scores, \d+ passes/g)).toHaveLength(1)
    expect(stderr.match(/scores of id\.test/g)).toHaveLength(1)
    const [ranking] = results.rankings!
    expect(ranking!.scores.map(({ label }) => label).sort()).toEqual(namesIn(results).sort())
    expect(ranking!.scores.map(({ behind }) => behind === null)).toEqual(results.scores.map((_, i) => i === 0))
    expect(stdout).toContain('other (near), ranked by AUROC')
    expect(stdout).toContain('Published: other networks, other training and other images')
    expect(results.published![0]!.title).toBe('CIFAR-10, ResNet-18')
    const some = ['csd', 'react', 'vim', 'temperature-scaled-msp']
    const few = await evaluate({ scores: some })
    expect(few.results.scores).toEqual(some.map((name) => results.scores.find((score) => score.name === name)))
  })

  test('of a model without classifier those that need none, without training images those that learn nothing', async () => {
    const encoder = await evaluate({ model: { ...base.model, logits: false }, scores: 'all' })
    expect(namesIn(encoder.results)).toEqual([
      'csd',
      'mahalanobis',
      'mahalanobis-normalized',
      'rmds',
      'rmds-normalized',
      'ssd',
    ])
    expect(encoder.stdout).toMatch(
      /Note: left out: react, .*, which need the model's head, which .*tiny\.onnx does not give/,
    )
    const untrained = await evaluate({ id: { test: (base.id as { test: object }).test }, scores: 'all' })
    expect(namesIn(untrained.results)).toEqual([
      'msp',
      'max-logit',
      'energy',
      'gen',
      'entropy',
      'gradnorm',
      'ash-s',
      'ash-b',
      'ash-p',
      'scale',
    ])
    expect(untrained.stdout).toContain('which learn from training images, and there is no "id.train"')
  })
})

test('scores that need a head are refused where there is none, and those that work are named', async () => {
  const model = { ...base.model, logits: false }
  const [, sentence] = await refusalOf(base, () => ({ change: { model, scores: ['vim', 'react'] } }))
  expect(sentence).toMatch(
    /scores "vim", "react" need the model's logits and head, which .* does not give; scores that work are csd, knn, mahalanobis/,
  )
})

describe('id.validation', () => {
  const { train, test: tested } = base.id as { train: object; test: object }

  test('is what the scores that prefer it are fitted on, and is told of otherwise', async () => {
    const names = ['kl-matching', { name: 'knn', k: 3 }]
    const separate = await evaluate({
      id: { train, validation: { ...train, path: join(shared, 'other') }, test: tested },
      scores: names,
    })
    const without = await evaluate({ scores: names })
    expect(separate.results.id.validation).toMatchObject({ name: 'id.validation', count: 32 })
    expect(separate.stderr).toMatch(/learning from id\.validation: 32 images, 1 score/)
    expect(separate.stdout).not.toContain('for want of id.validation')
    expect(without.stdout).toContain(
      'for want of id.validation, what the model was trained on was taken to fit kl-matching',
    )
    for (const [name, differs] of [
      ['kl-matching', true],
      ['knn', false],
    ] as const) {
      const numbers = [separate, without].map(({ raw }) => [...(raw.get(`${name}/id`)!.data as Float64Array)].join())
      expect(numbers[0] !== numbers[1]).toBe(differs)
    }
  })
})

describe('combine', () => {
  test('is a score among the others; id.validation is not read where none prefers it', async () => {
    const combined = { combine: [{ name: 'knn', k: 3 }, 'energy'], method: 'min' }
    const id = { ...base.id, validation: { format: 'folder', path: 'nowhere' } }
    const { code, results } = await evaluate({ id, scores: [combined, 'energy'] })
    expect([code, namesIn(results)]).toEqual([0, ['knn+energy', 'energy']])
    expect(results.scores[0]!.options).toMatchObject({
      method: 'min',
      scores: [{ name: 'knn', k: 3 }, { name: 'energy' }],
    })
  })

  test.each([
    ['an unknown score', { combine: ['enrgy', 'msp'] }, 2, /there is no score "enrgy"; did you mean energy\?/],
    [
      'an unknown method',
      { combine: ['energy', 'msp'], method: 'mean' },
      2,
      /score "energy\+msp": option "method" is wrong/,
    ],
    ['a single score', { combine: ['energy'] }, 1, /"scores\.0\.combine"/],
  ])('%s in it is refused', async (_, score, code, sentence) => {
    expect(await refusalOf(base, () => ({ change: { scores: [score] } }))).toEqual([
      code,
      expect.stringMatching(sentence),
    ])
  })
})
