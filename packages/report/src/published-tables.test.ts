import { parseHTML } from 'linkedom'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { parseResults, publishedTables, renderPublished, renderReport, type Results } from './index.ts'
import { arrangeResults } from './results.test.fixture.ts'

const { results: plain, scored } = arrangeResults()
const results: Results = { ...plain, published: publishedTables }

describe('publishedTables', () => {
  test('every row names a source, every table its protocol and which FPR@95 it is', () => {
    for (const { protocol, rows } of publishedTables) {
      expect(protocol).toContain('FPR@95 with ID positive')
      for (const { source } of rows) expect(source).toMatch(/(19|20)\d\d/)
    }
    expect(publishedTables[0]!.rows.at(-1)).toMatchObject({ method: 'MODE-F', auroc: 0.9828, fpr95IdPositive: 0.1025 })
  })

  test('are shown with protocol, sources and the caution, in terminal and report, only where they are asked for', async () => {
    expect(parseResults(JSON.parse(JSON.stringify(results))).published).toEqual(publishedTables)
    const text = renderPublished(results)
    const { document } = parseHTML(await renderReport(results, scored))
    const section = document.querySelector('section[aria-labelledby=published]')!.textContent!
    for (const shown of [text.replaceAll('\n', ' '), section]) {
      expect(shown).toContain('no number can be compared')
      for (const { title, protocol, rows } of publishedTables) {
        for (const part of [
          title,
          protocol,
          ...rows.flatMap(({ method, source, note }) => [method, source, note ?? '']),
        ]) {
          expect(shown).toContain(part)
        }
      }
    }
    expect(text).toMatch(/MODE-F \[1\] †\s+98\.28 {3}10\.25/)
    expect(
      Math.max(
        ...renderPublished(results, { width: 40 })
          .split('\n')
          .map((line) => stringWidth(line)),
      ),
    ).toBeLessThanOrEqual(40)
    expect(renderPublished(plain)).toBe('')
    expect(parseHTML(await renderReport(plain, scored)).document.querySelector('#published')).toBeNull()
  })
})
