import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { resultFile } from '../results/result-files.ts'
import type { ArmResult, ComparisonResult, Difference } from '../results/result-schema.ts'
import { writeResult } from '../results/write-result.ts'
import { renderStudy } from './render-study.ts'
import { writeTables } from './write-tables.ts'

const lengths = { epochs: 4, continuationEpochs: 1 }

const difference = (value: number, pValue: number): Difference => ({
  value,
  interval: [value - 0.01, value + 0.01],
  pValue,
})

function result(arm: string, seed: number, quadrants: number, gain: number): ArmResult {
  const sets = (overKnn: Difference) =>
    (['near', 'far'] as const).map((group) => ({
      ...{ set: `${group}-set`, group, count: 50, auroc: 0.7 + overKnn.value, aurocInterval: [0.6, 0.8] as const },
      ...{ fpr95IdPositive: 0.625, overKnn },
    }))
  return {
    ...{ schemaVersion: 1, arm, seed, ...lengths, images: { train: 100, test: 40 }, wholeDecides: 0.8 },
    accuracy: { classifier: arm.startsWith('ce') ? 0.5 : null, embedding: 0.6, quadrants, quadrantsAcross: 0.4 },
    decisions: [
      { name: 'knn', heldOutAuroc: 0.7, sets: sets(difference(0, 1)) },
      { name: 'csd', heldOutAuroc: arm === 'ce' ? 0.8 : 0.6, sets: sets(difference(gain, 0.001)) },
      { name: 'csd mean', heldOutAuroc: 0.5, sets: sets(difference(-gain, 0.5)) },
    ],
    ...{ network: 'hash', environment: {} },
  }
}

function comparison(seed: number, value: number): ComparisonResult {
  const sets = ['near-set', 'far-set'].map((set) => ({ set, overBase: difference(value, 0.01) }))
  const decisions = ['knn', 'csd', 'csd mean'].map((name) => ({ name, sets }))
  return { schemaVersion: 1, arm: 'ce+alpa', base: 'ce', seed, decisions }
}

/** The cells of the row that begins so. */
const row = (text: string, ...begin: string[]): string[] | undefined =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .find((cells) => begin.every((cell, i) => cells[i] === cell))

const one = {
  arms: [result('ce', 1, 0.3, 0.02), result('ce+alpa', 1, 0.35, -0.01)],
  comparisons: [comparison(1, 0.03)],
}

test('one seed: intervals of other images', () => {
  const text = renderStudy(one, lengths)
  expect(text).toContain('2 networks so far. Not yet run: supcon, mode-t, mode-f, supcon-longer.')
  expect(row(text, 'ce', '1')).toEqual(['ce', '1', '50.0', '60.0', '30.0', '40.0', '80.0', 'csd'])
  expect(row(text, 'mode-t')).toEqual(['mode-t', 'not yet run', '–', '–', '–', '–', '–', '–'])
  expect(row(text, 'csd')).toEqual(['csd', '72.0 [60.0, 80.0] / 62.5', '69.0 [60.0, 80.0] / 62.5'])
  expect(row(text, 'ce+alpa over ce', 'csd')).toEqual([
    ...['ce+alpa over ce', 'csd', '+3.0 [+2.0, +4.0]', '+3.0 [+2.0, +4.0]'],
  ])
  expect(row(text, 'mode-t over supcon')).toEqual(['mode-t over supcon', 'not yet run', '–', '–'])
})

test('the answers say what the numbers say', () => {
  const text = renderStudy(one, lengths)
  expect(text).toContain('ce+alpa over ce (1 seed): k-NN accuracy of quadrants +5.0, across scales 0.0')
  expect(text).toContain('mode-t over supcon: not yet run.')
  expect(text).toContain('after ALPA near-set -1.0 (0 ahead, 1 behind of 1)')
  expect(text).toContain('without near-set +2.0 (1 ahead, 0 behind of 1)')
  // csd is half a point ahead on average, and its mean as much behind
  expect(text).toContain('the best mean over the sets has csd (near-set +0.5, far-set +0.5 over k-NN)')
  expect(text).toContain('ahead of k-NN on every set: csd.')
  // ce chooses csd, which is two points ahead, ce+alpa k-NN itself
  expect(text).toContain(
    'chosen on ID data alone is ahead of k-NN on every set: near-set +1.0 (1 ahead, 0 behind of 2)',
  )
  expect(row(text, 'chosen on ID data')![1]).toBe('+1.0 (0.0 to +2.0); 1 ahead, 0 behind')
})

test('several seeds: their mean, the extremes, and how many are significant', () => {
  const arms = [...one.arms, result('ce', 2, 0.4, 0.04), result('ce+alpa', 2, 0.4, 0.04)]
  const text = renderStudy({ arms, comparisons: [comparison(1, 0.03), comparison(2, -0.01)] }, lengths)
  expect(row(text, 'ce', '2')![4]).toBe('35.0 (30.0 to 40.0)')
  expect(row(text, 'csd')![1]).toBe('73.0 (72.0 to 74.0) / 62.5 (62.5 to 62.5)')
  expect(row(text, 'ce+alpa over ce', 'knn')![2]).toBe('+1.0 (-1.0 to +3.0); 1 ahead, 1 behind')
})

test('writes the tables between the marks, and nothing of other lengths', async () => {
  const results = join(temporaryDirectory(), 'study')
  const document = `${results}.md`
  await writeResult(resultFile(results, lengths, 1, 'ce'), one.arms[0]!)
  await writeTables({ results, document, lengths })
  const marks = readFileSync(document, 'utf8').split('\n')
  expect(marks.join('\n')).not.toContain('\n\n\n')
  writeFileSync(document, `Before.\n${marks.join('\n')}After.\n`)
  await writeTables({ results, document, lengths: { epochs: 5, continuationEpochs: 1 } })
  const text = readFileSync(document, 'utf8')
  expect(text).not.toContain('\n\n\n')
  expect(text).toMatch(/^Before\.\n<!-- tables/)
  expect(text).toMatch(/<!-- end of tables -->\nAfter\.\n$/)
  expect(text).toContain('0 networks so far')
  writeFileSync(document, 'no marks')
  await expect(writeTables({ results, document, lengths })).rejects.toThrow('lacks the lines')
})
