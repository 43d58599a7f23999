import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInBrowser, violationsOf } from './browser.test.fixture.ts'
import { serveRuns, type RunServer } from './index.ts'
import { addExplanation, addPictures } from './pictures.test.fixture.ts'
import { sharedDirectory, writeRun } from './run.test.fixture.ts'

describeInBrowser('images, explanations, comparisons and trainings', (open) => {
  const directory = sharedDirectory()
  const sets = ['near set', 'far set']
  const run = writeRun(directory, 'before', { scores: ['csd', 'msp'], sets, count: 400 })
  writeRun(directory, 'after', { scores: ['csd', 'msp'], sets, count: 400, lead: 3, seed: 'other' })
  let server: RunServer
  beforeAll(async () => {
    await addPictures(join(directory, 'before'), run)
    addExplanation(join(directory, 'before'), run)
    server = await serveRuns({ directory, run: 'before' })
  })
  afterAll(() => server.close())
  const best = run.results.scores.toSorted((a, b) => b.averages.all.auroc - a.averages.all.auroc)[0]!.name
  const all = [...run.raw]
    .filter(([key]) => key.startsWith(`${best}/`))
    .flatMap(([key, scores]) =>
      [...scores].map((score, row) => ({
        score,
        name: `${key.split('/').at(-1)!.replace(/^id$/, 'id.test')}/${row}.png`,
      })),
    )
  const lowest = all.toSorted((a, b) => a.score - b.score)

  test('the grid begins with the lowest score, draws only what is in sight, and reaches the end by keyboard', async () => {
    const { page } = await open(`${server.url}#/images`)
    const first = page.locator('.tile').first()
    expect(await first.getAttribute('aria-label')).toMatch(new RegExp(`^${lowest[0]!.name}, `))
    expect(await page.locator('.tile').count()).toBeLessThan(400)
    await first.focus()
    await page.keyboard.press('End')
    await page.waitForFunction(
      (name) => document.activeElement?.ariaLabel?.startsWith(name),
      `${lowest.at(-1)!.name}, `,
    )
    expect(await page.locator('.tile').count()).toBeLessThan(400)
  })

  test('filters by mistake and by set', async () => {
    const { page } = await open(`${server.url}#/images`)
    await page.getByLabel('Show').selectOption('ID called OOD')
    await page.getByText('20 images;').waitFor()
    expect(await page.locator('.tile').count()).toBe(await page.locator('.tile.mistake').count())
    await page.getByLabel('Show').selectOption('all images')
    await page.getByRole('combobox', { name: 'Set' }).selectOption('far set')
    await page.getByText('400 images;').waitFor()
    await page.getByRole('button', { name: 'Lowest scores first' }).click()
    const highest = lowest.findLast(({ name }) => name.startsWith('far set/'))!
    expect(await page.locator('.tile').first().getAttribute('aria-label')).toMatch(new RegExp(`^${highest.name}, `))
  })

  test('an image says which view decided and what it was compared with', async () => {
    const { page } = await open(`${server.url}#/images`)
    await page.getByRole('combobox', { name: 'Set' }).selectOption('in-distribution')
    await page.locator('.tile').first().click()
    const name = (await page.locator('#image-name').innerText()).trim()
    const row = Number(/(\d+)\.png/.exec(name)![1])
    expect(await page.locator('.why h3').first().innerText()).toBe(
      'How csd k=3 sees it: six views, the nearest decides',
    )
    const views = ['top left', 'top right', 'bottom left', 'bottom right', 'whole', 'centre']
    expect(await page.locator('.view-table tr.chosen').innerText()).toMatch(
      new RegExp(`^${views[row % 6]} decides\\s+0\\.25`),
    )
    expect(await page.locator('.neighbors li').allInnerTexts()).toEqual(
      [0, 1, 2].map((i) => expect.stringContaining((row + i) % 2 === 0 ? 'cat' : 'dog')),
    )
    await page.getByLabel('Heat map').check()
    await page.locator('canvas.heat').waitFor()
    expect(await violationsOf(page)).toEqual([])
    await page.getByRole('button', { name: views[(row + 1) % 6]! }).click()
    expect(await page.locator('h3', { hasText: 'is nearest to' }).innerText()).toContain(views[(row + 1) % 6])
    await page.keyboard.press('Escape')
    expect(await page.locator('dialog').count()).toBe(0)
  })

  test('two runs are compared, and files that a person chooses', async () => {
    const { page } = await open(`${server.url}#/compare`)
    await page.getByLabel('Run').selectOption('after')
    const rows = page.locator('tbody tr')
    await rows.first().waitFor()
    expect(await rows.count()).toBe(4)
    expect(await rows.first().locator('td').last().innerText()).toMatch(/^\+\d+\.\d\d\s+\d+\.\d\d to \d+\.\d\d$/)
    const files = ['results.json', 'scores.safetensors'].map((name) => join(directory, 'before', name))
    await page.getByLabel('or its files').setInputFiles(files)
    await page.getByText('the chosen run').first().waitFor()
    expect(await rows.first().locator('td').last().innerText()).toMatch(/^0\.00\s+0\.00 to 0\.00$/)
    await page.getByLabel('or its files').setInputFiles(files.slice(0, 1))
    expect(await page.getByRole('alert').innerText()).toMatch(/has no scores\.safetensors/)
  })

  test('a training is followed while it goes on', async () => {
    const log = join(directory, 'training/metrics.jsonl')
    mkdirSync(join(directory, 'training'))
    const line = (step: number) =>
      `${JSON.stringify({ kind: 'steps', epoch: 0, step, loss: 2 / step, parts: {}, learningRate: 0.1, imagesPerSecond: 90 })}\n`
    writeFileSync(log, `${line(1)}${line(2)}{"kind":"ste`)
    const other = await serveRuns({ directory, run: 'training' })
    const { page } = await open(other.url)
    await page.getByText('Epoch 1, step 2: loss 1, 90 images a second.').waitFor()
    rmSync(log)
    writeFileSync(log, line(1) + line(2))
    appendFileSync(log, line(4))
    await page.getByText('Epoch 1, step 4: loss 0.5,').waitFor()
    expect(await violationsOf(page)).toEqual([])
    await page.close()
    await other.close()
  })
})
