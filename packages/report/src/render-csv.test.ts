import { csvParse } from 'd3-dsv'
import { describe, expect, test } from 'vitest'
import { renderCsv } from './render-csv.ts'
import { arrangeResults, hostile } from './results.test.fixture.ts'

describe('renderCsv', () => {
  test('reads back: a row a score and set, then the averages; hostile names whole', () => {
    const { results } = arrangeResults({ sets: ['near set', hostile] })
    const rows = csvParse(renderCsv(results))
    expect(rows.map(({ score, kind }) => `${score} ${kind}`)).toEqual(
      ['csd', 'energy'].flatMap((score) =>
        ['set', 'set', 'average', 'average', 'average'].map((kind) => `${score} ${kind}`),
      ),
    )
    expect(rows[1]!['set']).toBe(hostile)
    expect(Number(rows[0]!['auroc'])).toBe(0.875)
    expect(rows[0]!['aurocLow']).toBe('0.7')
  })

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('the name %j begins no formula', (name) => {
    const { results } = arrangeResults({ sets: [name] })
    expect(csvParse(renderCsv(results))[0]!['set']).toBe(`'${name}`)
  })

  test.each(['a;=1+1', 'a\t=1+1', 'a,=1+1', 'a\n=1+1', 'a"=1+1'])('the name %j is one quoted cell', (name) => {
    const { results } = arrangeResults({ sets: [name] })
    expect(renderCsv(results)).toContain(`,"${name.replaceAll('"', '""')}",`)
  })
})
