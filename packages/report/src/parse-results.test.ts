import { describe, expect, test } from 'vitest'
import { parseResults } from './parse-results.ts'
import { arrangeResults, hostile } from './results.test.fixture.ts'

describe('parseResults', () => {
  const { results } = arrangeResults({ sets: ['near set', hostile] })

  test('accepts what was written as JSON, hostile names whole', () => {
    expect(parseResults(JSON.stringify(results))).toEqual(results)
  })

  test.each([
    ['another version', { schemaVersion: 2 }],
    ['no scores', { scores: undefined }],
    ['an accuracy above 1', { idAccuracy: 90 }],
    ['a metric that is no number', { scores: [{ ...results.scores[0], sets: [{ auroc: null }] }] }],
    ['a set that is listed twice', { ood: [results.ood[0], results.ood[0]] }],
  ])('refuses %s in one sentence that names the file', (_, change) => {
    const parse = () => parseResults({ ...results, ...change }, 'run/results.json')
    expect(parse).toThrow(/^run\/results\.json: [^\n]+$/)
  })

  test.each(['', '{"schemaVersion": 1, "sco', 'null', '[]'])('refuses the text %j', (text) => {
    expect(() => parseResults(text, 'results.json')).toThrow(/^results\.json: [^\n]+$/)
  })
})
