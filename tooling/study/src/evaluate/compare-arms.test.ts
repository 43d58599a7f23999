import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '@mode-ood/core'
import { auroc } from '@mode-ood/metrics'
import { temporaryDirectory } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import type { ComparisonResult } from '../results/result-schema.ts'
import { compareArms } from './compare-arms.ts'
import { decisions } from './decisions.ts'
import { writeScores } from './scores-file.ts'

/** Scores of an arm that tells the sets apart by `gap`, the same noise in every arm. */
function createScores(gap: number) {
  const random = createRandom('arms')
  const noise = (count: number, level: number) => Float64Array.from({ length: count }, () => level + random.uniform())
  return new Map(
    decisions.map(({ name }) => {
      const id = noise(60, gap)
      return [name, { id, ood: new Map(['tin_a', 'mnist'].map((set) => [set, noise(40, 0)])) }] as const
    }),
  )
}

test('compares two arms under every decision on the same images', async () => {
  const directory = temporaryDirectory()
  const scores = [join(directory, 'arm'), join(directory, 'base')] as const
  const [ofArm, ofBase] = [createScores(0.4), createScores(0.2)]
  const none = new Float64Array(0)
  const distances = { id: none, ood: new Map(), training: none, heldOut: none } as never
  for (const [i, of] of [ofArm, ofBase].entries()) {
    await writeScores(scores[i]!, of, { shared: distances, 'per-view': distances })
  }
  const file = join(directory, 'mode-t-over-supcon.json')
  await compareArms({ arm: 'mode-t', base: 'supcon', seed: 1, sets: ['tin_a', 'mnist'], scores, file })
  const result = JSON.parse(readFileSync(file, 'utf8')) as ComparisonResult
  expect(result.decisions.map(({ name }) => name)).toEqual(decisions.map(({ name }) => name))
  for (const { name, sets } of result.decisions) {
    expect(sets.map(({ set }) => set)).toEqual(['tin_a', 'mnist'])
    for (const { set, overBase } of sets) {
      const of = (arm: typeof ofArm) => auroc(arm.get(name)!.id, arm.get(name)!.ood.get(set)!)
      expect(overBase.value).toBeCloseTo(of(ofArm) - of(ofBase), 5)
      expect(overBase.value).toBeGreaterThan(0)
      expect(overBase.pValue).toBeLessThan(0.05)
    }
  }
})
