import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { renderTable } from './render-table.ts'
import { arrangeResults, hostile } from './results.test.fixture.ts'
import { terminalOptions } from './terminal-options.ts'

const awkward = [hostile, 'x'.repeat(500), '画'.repeat(60), '👩‍🔬'.repeat(40), '']

describe('renderTable', () => {
  test.each([40, 60, 80, 120])('no line is wider than %i, whatever the names', (width) => {
    const { results } = arrangeResults({ scores: awkward, sets: awkward })
    const model = { ...results.model, description: `/${'long'.repeat(80)} ${hostile}` }
    const lines = renderTable({ ...results, model }, { width }).split('\n')
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width)
  })

  test('shows every score and set in the usual 80 columns', () => {
    const { results } = arrangeResults({ scores: ['csd', 'max-logit'], sets: ['svhn', 'textures'] })
    const table = renderTable(results, { width: 80 })
    for (const text of ['csd', 'max-logit', 'svhn (near)', 'textures (far)', 'mean all']) expect(table).toContain(text)
    expect(table).toContain('87.50±12.5*')
    expect(table).toContain('86.50±12.5 ')
  })

  test('no name reaches the terminal as a control sequence or turns the line round', () => {
    const { results } = arrangeResults({ scores: awkward, sets: awkward })
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    expect(renderTable(results)).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/)
  })

  test('colour adds nothing but colour', () => {
    const { results } = arrangeResults()
    const colored = renderTable(results, { color: true })
    expect(colored).toContain('\u001B[1;32m87.50±12.5*\u001B[0m')
    expect(stripVTControlCharacters(colored)).toBe(renderTable(results))
  })
})

describe('terminalOptions', () => {
  test.each([
    [{ isTTY: true, columns: 80 }, {}, { color: true, width: 80 }],
    [{ isTTY: true, columns: 0 }, {}, { color: true }],
    [{}, {}, { color: false }],
    [{ isTTY: true, columns: 80 }, { NO_COLOR: '1' }, { color: false, width: 80 }],
    [{ isTTY: true, columns: 80 }, { NO_COLOR: '' }, { color: true, width: 80 }],
    [{ isTTY: true, columns: 80 }, { TERM: 'dumb' }, { color: false, width: 80 }],
  ])('%j with %j gives %j', (stream, environment, expected) => {
    expect(terminalOptions(stream, environment)).toEqual(expected)
  })
})
