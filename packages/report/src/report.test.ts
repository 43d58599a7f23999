import { csvParse } from 'd3-dsv'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { histogram } from './charts.ts'
import { parseResults, renderCsv, renderReport, renderTable, type Results, type ScoredImages } from './index.ts'

const hostile = `"><script>alert(1)</script>'=cmd`
const metrics = {
  auroc: 0.875,
  auprId: 0.9,
  auprOod: 0.8,
  fpr95IdPositive: 0.5,
  fpr95OodPositive: 0.25,
  fpr95Paper: 0.5,
  detectionError: 0.2,
}
const set = (name: string) => ({ name, hash: 'h', description: `folder, path ${name}`, skipped: [] })
const sets = ['near set', hostile]

function createResults(names: readonly string[] = ['csd', 'energy']): Results {
  return {
    schemaVersion: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    idAccuracy: 0.9,
    model: { description: 'resnet', hash: 'h', classes: 10, inputSize: 32, mean: [0, 0, 0], std: [1, 1, 1] },
    id: { train: { ...set('id.train'), count: 9 }, test: { ...set('id.test'), count: 4 } },
    ood: sets.map((name, i) => ({ ...set(name), count: 3, group: i === 0 ? 'near' : 'far' })),
    scores: names.map((name, i) => ({
      name,
      options: {},
      sets: sets.map((setName, s) => ({
        ...metrics,
        auroc: 0.875 - i / 100,
        name: setName,
        group: s === 0 ? 'near' : 'far',
        count: 3,
        aurocInterval: [0.8, 0.95],
      })),
      averages: { near: metrics, far: metrics, all: { ...metrics, auroc: 0.875 - i / 100 } },
    })),
    timings: { total: 1.5 },
    environment: { modeOod: '0', node: '20', platform: 'linux', cpu: 'cpu', cores: 2, onnxruntime: '1' },
    warnings: [hostile],
  }
}

const id = Float64Array.of(4, 3, 3, 1)
const ood = Float64Array.of(2, 1, 0)
const scored: ScoredImages = {
  scores: new Map(['csd', 'energy'].map((name) => [name, { id, ood: new Map(sets.map((setName) => [setName, ood])) }])),
}

describe('parseResults', () => {
  test('accepts what was written as JSON', () => {
    expect(parseResults(JSON.parse(JSON.stringify(createResults())))).toEqual(createResults())
  })

  test.each([
    ['another version', { schemaVersion: 2 }],
    ['no scores', { scores: undefined }],
    ['an accuracy above 1', { idAccuracy: 90 }],
    ['a metric that is no number', { scores: [{ ...createResults().scores[0], sets: [{ auroc: null }] }] }],
  ])('refuses %s in one sentence that names the file', (_, change) => {
    const parse = () => parseResults({ ...createResults(), ...change }, 'run/results.json')
    expect(parse).toThrow(/^run\/results\.json: [^\n]+$/)
  })
})

describe('renderCsv', () => {
  test('reads back, hostile names whole and harmless', () => {
    const rows = csvParse(renderCsv(createResults()))
    expect(rows.filter((row) => row['kind'] === 'set')).toHaveLength(4)
    expect(rows[1]!['set']).toBe(hostile)
    expect(Number(rows[0]!['auroc'])).toBe(0.875)
  })
})

describe('renderTable', () => {
  test.each([60, 80, 120])('no line is wider than %i', (width) => {
    const lines = renderTable(createResults(), { width }).split('\n')
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width)
  })

  test('marks the best and shows both conventions', () => {
    const table = renderTable(createResults())
    expect(table).toContain('87.50±7.5*')
    expect(table).toContain('FPR-id')
    expect(table).toContain('FPR-ood')
  })
})

describe('renderReport', () => {
  test('is whole in itself and lets no name become markup', async () => {
    const html = await renderReport(createResults(), scored, {
      thumbnails: [
        { score: 'csd', images: [{ dataUri: 'data:image/png;base64,AA==', label: hostile, score: 1, set: hostile }] },
      ],
    })
    expect(html.includes('<script')).toBe(false)
    expect(/https?:/.test(html.replaceAll('http://www.w3.org/', ''))).toBe(false)
    expect(html.match(/<svg/g)).toHaveLength(8)
    expect(html.includes('csd separates best')).toBe(true)
  })

  test('refuses scores that do not belong to the results', async () => {
    const other = { scores: new Map([['csd', { id, ood: new Map() }]]) }
    await expect(renderReport(createResults(['csd']), other)).rejects.toThrow('has no raw scores')
  })
})

describe('histogram', () => {
  test('counts every image once', () => {
    const rows = histogram(id, ood)
    expect(rows.reduce((sum, row) => sum + row.id, 0)).toBe(4)
    expect(rows.reduce((sum, row) => sum + row.ood, 0)).toBe(3)
  })

  test('constant scores fall into one bin', () => {
    const rows = histogram(Float64Array.of(1, 1), Float64Array.of(1))
    expect(rows.filter((row) => row.id > 0)).toHaveLength(1)
  })
})
