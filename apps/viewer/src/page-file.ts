import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ModeOodError } from '@mode-ood/core'

/** Seen from src and from dist alike. */
const file = fileURLToPath(new URL('../dist/page/index.html', import.meta.url))

/** The built page: one HTML file with script and style inside. @throws ModeOodError when it was not built. */
export async function readPage(): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new ModeOodError(`the page of the viewer is not built (${file}): run npm run build`, { cause: error })
  }
}
