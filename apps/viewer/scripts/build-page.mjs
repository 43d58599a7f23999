// Builds dist/page/index.html unless it is newer than everything it is made of.
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const home = fileURLToPath(new URL('..', import.meta.url))
const page = join(home, 'dist/page/index.html')
const packages = ['core', 'metrics', 'report', 'safetensors'].map((name) => `../../packages/${name}/src`)
const sources = ['src/page', 'vite.config.mjs', 'package.json', ...packages]

/** @returns whether anything had to be built. */
export async function buildPage() {
  if (isFresh()) return false
  mkdirSync(dirname(page), { recursive: true })
  const { build } = await import('vite')
  const before = process.cwd()
  process.chdir(home)
  await build({ configFile: join(home, 'vite.config.mjs') })
  process.chdir(before)
  return true
}

// vitest calls it before the tests.
export const setup = async () => void (await buildPage())

function isFresh() {
  const built = statSync(page, { throwIfNoEntry: false })
  return built !== undefined && sources.every((path) => newest(join(home, path)) < built.mtimeMs)
}

function newest(path) {
  const own = statSync(path)
  if (!own.isDirectory()) return own.mtimeMs
  return Math.max(own.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildPage()
