import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const executablePath = process.env['MODE_OOD_CHROMIUM'] ?? '/usr/bin/chromium'

/** Opens a page on a width, in light or dark. */
export type OpenPage = (url: string, look?: { width?: number; colorScheme?: 'light' | 'dark' }) => Promise<WatchedPage>

export interface WatchedPage {
  readonly page: Page
  /** Errors in the console, exceptions, and requests to anywhere but where the page came from. */
  readonly trouble: string[]
}

/**
 * A `describe` whose tests drive a real Chromium. Where there is none it becomes one skipped test that says so; with
 * `MODE_OOD_REQUIRE_DATA=1` (as in CI) one failing test.
 */
export function describeInBrowser(name: string, body: (open: OpenPage) => void): void {
  if (!existsSync(executablePath)) {
    const reason = `there is no ${executablePath}; MODE_OOD_CHROMIUM names another`
    if (process.env['MODE_OOD_REQUIRE_DATA'] === '1') {
      test(`${name} (${reason})`, () => {
        throw new Error(reason)
      })
      return
    }
    process.stdout.write(`skipped: ${name}: ${reason}\n`)
    test.skip(`${name} (${reason})`, () => {})
    return
  }
  describe(name, () => {
    let browser: Browser
    const opened: WatchedPage[] = []
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
    })
    afterAll(async () => {
      await browser.close()
      expect(opened.flatMap(({ trouble }) => trouble)).toEqual([])
    })
    body(async (url, { width = 1200, colorScheme = 'light' } = {}) => {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
      page.setDefaultTimeout(60_000)
      const watched = { page, trouble: watch(page, new URL(url)) }
      opened.push(watched)
      await page.goto(url)
      return watched
    })
  })
}

function watch(page: Page, home: URL): string[] {
  const trouble: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') trouble.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => trouble.push(`exception: ${error.message}`))
  page.on('dialog', (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url())
    const isOwn = ['data:', 'blob:'].includes(protocol) || (protocol === home.protocol && host === home.host)
    if (!isOwn) trouble.push(`request: ${request.url()}`)
  })
  return trouble
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds wrong with a page, a line a rule and place. */
export async function violationsOf(page: Page): Promise<string[]> {
  // The page's own policy lets no other script in, so it is evaluated by the browser's debugger.
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { axe: tool } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }
    const { violations } = await tool.run()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`))
  })
}

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}
