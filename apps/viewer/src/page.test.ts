import { truncateSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rankScores } from '@mode-ood/report'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInBrowser, violationsOf } from './browser.test.fixture.ts'
import { renderViewer, serveRuns, type RunServer } from './index.ts'
import { arrangeRun, filesOf, hostile, sharedDirectory, writeRun } from './run.test.fixture.ts'

const firstColumn = (page: Page) => page.locator('.ranking tbody th').allInnerTexts()
const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`

describeInBrowser('the page', (open) => {
  const directory = sharedDirectory()
  const run = writeRun(directory, 'plain', { scores: ['energy', 'csd', 'msp'], count: 200 })
  let server: RunServer
  beforeAll(async () => {
    server = await serveRuns({ directory, run: 'plain' })
  })
  afterAll(() => server.close())

  test('the overview says which score is best, and the table is sorted by any column', async () => {
    const { page } = await open(server.url)
    const best = run.results.scores.toSorted((a, b) => b.averages.all.auroc - a.averages.all.auroc)
    expect(await page.locator('h1').innerText()).toContain(`${best[0]!.name} separates best`)
    expect(await firstColumn(page)).toEqual(best.map(({ name }) => name))
    await page.getByRole('button', { name: 'mean of all' }).click()
    expect(await firstColumn(page)).toEqual(best.map(({ name }) => name).toReversed())
    await page.getByLabel('Show').selectOption('FPR@95 OOD positive')
    const cell = page.locator('.ranking tbody tr').first().locator('td').first()
    const [lowest] = run.results.scores.toSorted(
      (a, b) => a.averages.all.fpr95OodPositive - b.averages.all.fpr95OodPositive,
    )
    expect(await cell.innerText()).toBe((100 * lowest!.sets[0]!.fpr95OodPositive).toFixed(2))
  })

  test('one set shows which scores are behind its best, and whether that is more than chance', async () => {
    const labelled = run.results.scores.map(({ name }) => {
      const ood = new Map(run.results.ood.map((set) => [set.name, run.raw.get(`${name}/ood/${set.name}`)!]))
      return [name, { id: run.raw.get(`${name}/id`)!, ood }] as const
    })
    const rankings = rankScores(run.results, { scores: new Map(labelled) })
    const file = join(directory, 'ranked.html')
    writeFileSync(file, await renderViewer('ranked', filesOf({ ...run, results: { ...run.results, rankings } })))
    const { page } = await open(pathToFileURL(file).href)
    await page.getByLabel('Show').selectOption('far set')
    const last = rankings[1]!.scores.at(-1)!
    const cells = await page.locator('.ranking tbody tr').last().locator('th, td').allInnerTexts()
    expect(cells[0]!.trim()).toBe(last.label)
    expect(cells[2]).toMatch(new RegExp(`^${(100 * last.behind!.difference).toFixed(2)}\\s*[-\\d.]+ to [-\\d.]+$`))
    const p = last.behind!.adjustedPValue
    expect(cells[3]).toBe(p < 0.001 ? '< 0.001' : p.toFixed(3))
    expect(await page.locator('.note').first().innerText()).toContain('In percent, but for p')
    expect(await violationsOf(page)).toEqual([])
  })

  test('the table is copied in three formats', async () => {
    const { page } = await open(server.url)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const copied = async (format: string) => {
      await page.getByRole('button', { name: format }).click()
      await page.getByText(`Copied as ${format}`).waitFor()
      return page.evaluate(() => navigator.clipboard.readText())
    }
    expect(await copied('Markdown')).toMatch(/^\| Score \| near set, near/)
    expect(await copied('CSV')).toContain('"near set, near low"')
    expect(await copied('LaTeX')).toContain(String.raw`\begin{tabular}{lrrrrr}`)
  })

  test('at 95 % of ID kept, the page misses what the metric of the run says', async () => {
    const { page } = await open(`${server.url}#/separation`)
    const [energy] = run.results.scores
    await page.getByRole('combobox', { name: 'Score' }).selectOption('energy')
    await page.getByRole('slider').fill('400')
    await page.getByRole('button', { name: '95 % of ID kept' }).click()
    for (const { name, fpr95IdPositive } of energy!.sets) {
      const row = page.locator('.confusion tr', { hasText: name })
      expect(await row.innerText()).toContain(`${percent(fpr95IdPositive)} missed`)
    }
    expect(await page.locator('.confusion tbody tr').first().innerText()).toMatch(/190\s+10\s+5\.0 % false alarms/)
  })

  test('the slider moves the threshold, the counts and the points of the curves', async () => {
    const { page } = await open(`${server.url}#/separation`)
    const point = page.locator('circle.point').first()
    const before = await point.getAttribute('cx')
    await page.getByRole('slider').fill('1900')
    expect(await point.getAttribute('cx')).not.toBe(before)
    expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toMatch(/of ID rejected, .* of OOD missed/)
    const threshold = Number(await page.getByLabel('Exact threshold').inputValue())
    const rejected = [...run.raw.get('energy/id')!].filter((score) => score < threshold).length
    expect(await page.locator('.confusion tbody td').nth(1).innerText()).toBe(String(rejected))
    await page.getByLabel('far set').uncheck()
    expect(await page.locator('.confusion tbody tr').count()).toBe(2)
  })

  test('the conformal threshold rejects no more than alpha, and says when the images are too few', async () => {
    const { page } = await open(`${server.url}#/separation`)
    await page.getByLabel('α').fill('0.1')
    await page.getByRole('button', { name: 'Conformal' }).click()
    const cells = page.locator('.confusion tbody tr').first().locator('td')
    // floor(0.1 · 201) = 20: everything below the 20th smallest score.
    expect(await cells.nth(1).innerText()).toBe('19')
    await page.getByLabel('α').fill('0.001')
    await page.getByText('needs at least 999 in-distribution images, and there are 200').waitFor()
    expect(await page.getByRole('button', { name: 'Conformal' }).isDisabled()).toBe(true)
  })

  test.each([
    [360, 'light'],
    [1200, 'dark'],
  ] as const)('%i pixels wide, %s: axe finds nothing, and nothing sticks out', async (width, colorScheme) => {
    const { page } = await open(server.url, { width, colorScheme })
    for (const name of ['Overview', 'Separation', 'Images', 'Compare', 'Protocol']) {
      await page.getByRole('link', { name, exact: true }).click()
      await page.locator('h1').waitFor()
      expect(await violationsOf(page), name).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0)
    }
  })

  test('a report shows the same from a file, without any request', async () => {
    const file = join(directory, 'report.html')
    writeFileSync(file, await renderViewer('plain', filesOf(run)))
    const { page } = await open(pathToFileURL(file).href)
    expect(await firstColumn(page)).toHaveLength(3)
    await page.getByRole('link', { name: 'Separation' }).click()
    await page.getByRole('slider').waitFor()
  })

  test('hostile names are shown as text', async () => {
    const names = [hostile, 'x'.repeat(200)]
    const wicked = arrangeRun({ scores: [hostile, 'plain'], sets: names })
    const file = join(directory, 'hostile.html')
    writeFileSync(file, await renderViewer(hostile, filesOf(wicked)))
    const { page } = await open(pathToFileURL(file).href)
    expect(await page.locator('.run').innerText()).toContain('<script>alert(1)')
    for (const name of ['Separation', 'Protocol']) await page.getByRole('link', { name }).click()
    expect(await page.locator('main').innerText()).toContain(names[1])
    expect(await page.locator('script').count()).toBe(2)
  })

  test('results that are cut short are a sentence', async () => {
    writeRun(directory, 'cut')
    const file = join(directory, 'cut/results.json')
    truncateSync(file, statSync(file).size / 2)
    const other = await serveRuns({ directory, run: 'cut' })
    const { page } = await open(other.url)
    expect(await page.getByRole('alert').innerText()).toMatch(/^cut\/results\.json: .*cut short or damaged/)
    await other.close()
  })
})
