import { createRandom } from '@mode-ood/core'
import { auroc, pairedDelong } from '@mode-ood/metrics'
import { csvParse } from 'd3-dsv'
import { parseHTML } from 'linkedom'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import {
  parseResults,
  rankScores,
  renderCsv,
  renderRanking,
  renderReport,
  type Results,
  type ScoredImages,
} from './index.ts'
import { arrangeResults } from './results.test.fixture.ts'

/** Scores of the same images: a good one, one like it, a random one. */
function arrange(count = 200): { results: Results; scored: ScoredImages } {
  const random = createRandom('ranking')
  const { results } = arrangeResults({ scores: ['random', 'good', 'like it'], sets: ['first', 'second'], count })
  const draw = (mean: number) => Float64Array.from({ length: count }, () => mean + random.normal())
  const close = (values: Float64Array) => values.map((value) => value + 0.05 * random.normal())
  const good = { id: draw(1.5), ood: new Map(['first', 'second'].map((name) => [name, draw(0)])) }
  const like = { id: close(good.id), ood: new Map([...good.ood].map(([name, values]) => [name, close(values)])) }
  const noise = { id: draw(0), ood: new Map(['first', 'second'].map((name) => [name, draw(0)])) }
  const scored = new Map(Object.entries({ random: noise, good, 'like it': like }))
  const scores = results.scores.map((score) => {
    const { id, ood } = scored.get(score.name)!
    return { ...score, sets: score.sets.map((set) => ({ ...set, auroc: auroc(id, ood.get(set.name)!) })) }
  })
  return { results: { ...results, scores }, scored: { scores: scored } }
}

describe('rankScores', () => {
  test('orders each set by AUROC and tests each score against its best, on the same images', () => {
    const { results, scored } = arrange()
    const rankings = rankScores(results, scored)
    expect(rankings.map(({ set }) => set)).toEqual(['first', 'second'])
    for (const { set, scores } of rankings) {
      expect(scores.map(({ auroc: value }) => value)).toEqual(
        scores.map(({ auroc: value }) => value).toSorted((a, b) => b - a),
      )
      const [best, next, last] = scores.map(({ label }) => {
        const { id, ood } = scored.scores.get(label)!
        return { id, ood: ood.get(set)! }
      })
      expect([scores[0]!.behind, scores[2]!.label]).toEqual([null, 'random'])
      for (const [score, images] of [
        [scores[1]!, next!],
        [scores[2]!, last!],
      ] as const) {
        const { difference, interval, pValue } = pairedDelong(best!, images)
        expect(score.behind).toMatchObject({ difference, interval, pValue })
        expect(difference).toBeCloseTo(scores[0]!.auroc - score.auroc, 12)
      }
      // Of two comparisons the smaller p counts twice.
      expect(scores[2]!.behind!.adjustedPValue).toBeCloseTo(2 * scores[2]!.behind!.pValue, 12)
      expect(scores[1]!.behind!.adjustedPValue).toBe(scores[1]!.behind!.pValue)
      expect(scores[2]!.behind!.adjustedPValue).toBeLessThan(1e-6)
      expect(scores[1]!.behind!.adjustedPValue).toBeGreaterThan(0.05)
    }
  })

  test('scores of equal AUROC share a rank; with one image on a side nothing is tested', () => {
    const twins = arrangeResults({ scores: ['a', 'b', 'c'] })
    const sameAuroc = twins.results.scores.map((score) => ({
      ...score,
      sets: score.sets.map((set) => ({ ...set, auroc: 0.8 })),
    }))
    const [first] = rankScores({ ...twins.results, scores: sameAuroc }, twins.scored)
    expect(first!.scores.map(({ rank }) => rank)).toEqual([1, 1, 1])
    expect(first!.scores[1]!.behind).toMatchObject({ difference: 0, pValue: 1, adjustedPValue: 1 })
    const single = arrangeResults({ count: 1 })
    expect(rankScores(single.results, single.scored)[0]!.scores.map(({ behind }) => behind)).toEqual([null, null])
  })
})

describe('rankings in the outputs', () => {
  const { results: plain, scored } = arrange()
  const results: Results = { ...plain, rankings: rankScores(plain, scored) }

  test('pass the schema', () => {
    expect(parseResults(JSON.parse(JSON.stringify(results))).rankings).toEqual(results.rankings)
    const wrong = { ...results, rankings: [{ set: 'first', scores: [{ label: 'x', rank: 0 }] }] }
    expect(() => parseResults(wrong)).toThrow(/rankings/)
  })

  test('the terminal marks what is not significantly behind, in any width', () => {
    const text = renderRanking(results)
    const lines = text.split('\n')
    expect(lines[0]).toBe('first (near), ranked by AUROC')
    expect(lines.filter((line) => line.startsWith('2= '))).toHaveLength(2)
    expect(lines.filter((line) => line.startsWith('3   random'))).toHaveLength(2)
    expect(lines.find((line) => line.startsWith('3   random'))).toMatch(/< 0\.001$/)
    for (const width of [40, 60, 80, 120]) {
      const widest = Math.max(
        ...renderRanking(results, { width })
          .split('\n')
          .map((line) => stringWidth(line)),
      )
      expect(widest).toBeLessThanOrEqual(width)
    }
    expect(renderRanking(plain)).toBe('')
    const one = arrangeResults({ scores: ['only'] })
    expect(renderRanking({ ...one.results, rankings: rankScores(one.results, one.scored) })).toBe('')
  })

  test('the CSV has rank, deficit and p-values, empty for the best and for averages', () => {
    const rows = csvParse(renderCsv(results))
    const ranked = results.rankings![0]!.scores.find(({ label }) => label === 'random')!
    const row = rows.find(({ score, set }) => score === 'random' && set === 'first')!
    expect([row['rank'], row['behindBest'], row['adjustedPValue']].map(Number)).toEqual([
      3,
      ranked.behind!.difference,
      ranked.behind!.adjustedPValue,
    ])
    const best = rows.find(({ rank, set }) => rank === '1' && set === 'first')!
    expect([best['behindBest'], best['pValue']]).toEqual(['', ''])
    expect(rows.filter(({ kind }) => kind === 'average').every(({ rank }) => rank === '')).toBe(true)
    expect(csvParse(renderCsv(plain))[0]!['rank']).toBe('')
  })

  test('the report has a section that highlights the same ones', async () => {
    const { document } = parseHTML(await renderReport(results, scored))
    const [section] = document.querySelectorAll('section[aria-labelledby=ranking]')
    const tables = [...section!.querySelectorAll('table')]
    expect(tables).toHaveLength(2)
    for (const table of tables) {
      const marks = [...table.querySelectorAll('tbody tr')].map((row) => row.querySelector('td.best') !== null)
      expect(marks).toEqual([true, true, false])
    }
    const without = parseHTML(await renderReport(plain, scored)).document
    expect(without.querySelector('section[aria-labelledby=ranking]')).toBeNull()
  })

  test('a ranking of a set that was taken out of the results by hand is shown without its group', async () => {
    const edited = { ...results, rankings: results.rankings!.map((ranking) => ({ ...ranking, set: 'gone' })) }
    const { document } = parseHTML(await renderReport(edited, scored))
    expect(document.querySelector('#ranking-0')!.textContent).toBe('gone  OOD')
    expect(renderRanking(edited)).toContain('gone (), ranked by AUROC')
  })
})
