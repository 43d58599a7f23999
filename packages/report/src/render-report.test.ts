import { createRandom } from '@mode-ood/core'
import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { renderReport, type Results, type ScoredImages, type ThumbnailStrip } from './index.ts'
import { arrangeResults, hostile } from './results.test.fixture.ts'

const strip = (name: string, dataUri = 'data:image/png;base64,AA=='): ThumbnailStrip => ({
  score: name,
  images: [{ dataUri, label: name, score: 1, set: name }],
})
const render = ({ results, scored }: { results: Results; scored: ScoredImages }, thumbnails: ThumbnailStrip[] = []) =>
  renderReport(results, scored, { thumbnails })

const awkward = [hostile, `${'x'.repeat(5000)}<b>`, '\u202Eאבג\u202C <i>rtl</i>', ' $& $` $1 \\u003c', '👩‍🔬'.repeat(40)]

describe('renderReport', () => {
  test('loads nothing, and is told to', async () => {
    const html = await render(arrangeResults(), [strip('csd')])
    expect(html).not.toMatch(/https?:|\/\/[a-z]|@import|url\(|<script|<iframe|<object|javascript:/i)
    expect(html).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`)
  })

  test('lets no name become markup, wherever it stands', async () => {
    const arranged = arrangeResults({ scores: awkward, sets: awkward })
    const about = { description: hostile, skipped: [{ file: hostile, reason: hostile }] }
    const results: Results = {
      ...arranged.results,
      model: { ...arranged.results.model, description: hostile },
      id: { train: { ...arranged.results.id.train, ...about }, test: { ...arranged.results.id.test, name: hostile } },
      timings: { [hostile]: 1 },
      environment: { ...arranged.results.environment, cpu: hostile },
      warnings: [hostile],
    }
    const html = await render(
      { results, scored: arranged.scored },
      awkward.map((name) => strip(name)),
    )
    const { document } = parseHTML(html)
    const known =
      'html head meta link title style body header nav main section article details summary div h1 h2 h3 p a b i br'
    const drawn =
      'ul ol li dl dt dd table thead tbody tr th td small span bdi figure figcaption img svg g path line text tspan rect'
    const tags = new Set([...document.querySelectorAll('*')].map((element) => element.localName))
    expect([...tags].filter((tag) => !`${known} ${drawn}`.split(' ').includes(tag))).toEqual([])
    const attributes = [...document.querySelectorAll('*')].flatMap((element) =>
      [...element.attributes].map(({ name }) => name),
    )
    expect(attributes.filter((name) => name.startsWith('on'))).toEqual([])
    for (const image of document.querySelectorAll('img')) expect(image.getAttribute('src')).toMatch(/^data:image\//)
    expect(document.querySelector('title')!.textContent).toContain(hostile)
    expect(document.querySelectorAll('td.text')[0]!.textContent).toBe(hostile)
    expect(document.querySelector('img')!.getAttribute('alt')).toContain(hostile)
  })

  test('a name with replacement patterns stays as it is', async () => {
    const { document } = parseHTML(await render(arrangeResults({ scores: ['$& $` $1'], sets: ['svhn'] })))
    for (const drawing of document.querySelectorAll('svg[role=img]')) {
      expect(drawing.getAttribute('aria-label')).toContain('$& $` $1')
    }
  })
  test('a picture that is none leaves a gap', async () => {
    const { document } = parseHTML(
      await render(arrangeResults(), [strip('csd', 'https://example.org/a.png'), strip('energy', '')]),
    )
    expect(document.querySelectorAll('img')).toHaveLength(0)
    expect(document.querySelectorAll('.gap')).toHaveLength(2)
  })

  test('tables name their rows and columns, regions that scroll can be focused, ids are unique', async () => {
    const { document } = parseHTML(await render(arrangeResults(), [strip('csd')]))
    for (const cell of document.querySelectorAll('th'))
      expect(cell.getAttribute('scope')).toMatch(/^(row|col|colgroup)$/)
    for (const row of document.querySelectorAll('tbody tr'))
      expect(row.querySelectorAll('th[scope=row]')).toHaveLength(1)
    for (const region of document.querySelectorAll('.scroll')) expect(region.getAttribute('tabindex')).toBe('0')
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id)
    expect(new Set(ids).size).toBe(ids.length)
    const labelled = [...document.querySelectorAll('[aria-labelledby]')].map((element) =>
      element.getAttribute('aria-labelledby')!,
    )
    expect(labelled.filter((id) => !ids.includes(id))).toEqual([])
    for (const link of document.querySelectorAll('nav a')) expect(ids).toContain(link.getAttribute('href')!.slice(1))
    for (const drawing of document.querySelectorAll('svg:not([aria-hidden])'))
      expect(drawing.getAttribute('aria-label')).toMatch(/AUROC/)
    for (const tag of ['header', 'main', 'h1', 'nav']) expect(document.querySelectorAll(tag)).toHaveLength(1)
  })

  test.each([
    ['one image a side', { count: 1 }],
    ['equal scores', { draw: () => 3 }],
    ['perfect separation', { draw: (side: string) => (side === 'id' ? 1 : 0) }],
    ['the largest numbers', { draw: (side: string, i: number) => (side === 'id' ? 1 : -1) * (1e308 + i * 1e290) }],
    ['the smallest numbers', { draw: (_: string, i: number) => i * 5e-324 }],
    ['one score and one set', { scores: ['csd'], sets: ['svhn'] }],
  ])('%s: drawn without NaN', async (_, arrangement) => {
    const html = await render(arrangeResults(arrangement))
    expect(html).not.toMatch(/NaN|Infinity|undefined|null/)
    expect(html.match(/<path[^>]* d="M/g)!.length).toBeGreaterThan(2)
  })

  test('the number of scores and sets bounds the size', async () => {
    const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix} ${i}`)
    const html = await render(arrangeResults({ scores: names('score', 16), sets: names('set', 20), count: 300 }))
    expect(html.match(/role="img"/g)).toHaveLength(20 + 320)
    expect(html.length).toBeLessThan(4e6)
  })

  test('a million images a side take no more room than a thousand', { timeout: 60_000 }, async () => {
    const random = createRandom(1)
    const draw = (side: string) => random.normal() + (side === 'id' ? 1 : 0)
    const sizes: number[] = []
    for (const count of [1000, 1_000_000]) {
      const html = await render(arrangeResults({ scores: ['csd'], sets: ['svhn'], count, draw }))
      sizes.push(html.length)
    }
    expect(sizes[1]).toBeLessThan(1.1 * sizes[0]!)
  })

  test('says what is best in each group, and how sure that is', async () => {
    const { document } = parseHTML(await render(arrangeResults()))
    expect(document.querySelector('.finding')!.textContent).toBe('csd separates best on average on near and far OOD.')
    const [near] = document.querySelectorAll('.card')
    expect(near!.textContent).toMatch(
      /87\.50.%\s+Mean AUROC of csd over one set, 95.% interval 70\.0–95\.0\. Its lead over energy, /,
    )
    expect(near!.textContent).toMatch(/is not significant/)
  })

  test('refuses scores that do not belong to the results', async () => {
    const { results, scored } = arrangeResults()
    const csd = scored.scores.get('csd')!
    const other = { scores: new Map([...scored.scores, ['csd', { ...csd, ood: new Map() }]]) }
    await expect(renderReport(results, other)).rejects.toThrow('score "csd" on set "near set" has no raw scores')
    const short = { scores: new Map([...scored.scores, ['csd', { ...csd, id: Float64Array.of(1) }]]) }
    await expect(renderReport(results, short)).rejects.toThrow('has 1 raw scores, but the results count 40 images')
  })
})
