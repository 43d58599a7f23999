import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseResults } from '@mode-ood/report'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { refusalOf, run, smallConfiguration, smallEvaluation } from './command.test.fixture.ts'

const shared = smallEvaluation()
const base = smallConfiguration(shared)
const encoder = { ...base.model, logits: false }

async function evaluate(model: object, scores: unknown[]) {
  const directory = temporaryDirectory()
  const config = join(directory, 'encoder.json')
  writeFileSync(config, JSON.stringify({ ...base, model, scores }))
  const outcome = await run('--config', config, '--output', directory, '--no-cache', '--threads', '1')
  return { ...outcome, results: parseResults(JSON.parse(readFileSync(join(directory, 'results.json'), 'utf8'))) }
}

test('an encoder without classifier is scored by what it has, and is told to have no accuracy', async () => {
  const scores = ['csd', { name: 'knn', k: 3 }]
  const { code, stdout, results } = await evaluate(encoder, scores)
  expect(code).toBe(0)
  expect(stdout).toContain('the model has no classifier, so there is no accuracy')
  expect([results.idAccuracy, results.model.classes]).toEqual([null, 0])
  expect(results.scores).toEqual((await evaluate(base.model, scores)).results.scores)
})

test('scores that need its logits are refused by name, before any image is read', async () => {
  const scores = ['msp', 'energy', { name: 'knn', k: 3 }]
  expect(await refusalOf(base, () => ({ change: { model: encoder, scores } }))).toEqual([
    1,
    expect.stringMatching(
      /evaluate\.json: scores "msp", "energy" need the model's logits, which .*tiny\.onnx does not give; of the others "knn" can be computed$/,
    ),
  ])
})
