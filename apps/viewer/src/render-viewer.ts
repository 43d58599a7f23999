import { readPage } from './page-file.ts'

/** Where the page looks for a run that it carries. */
const marker = '<script type="application/json" id="inlined-run"></script>'

/**
 * The viewer with a run inside, as one HTML file that needs no network: `files` by their names in the directory of a run
 * (`results.json`, `scores.safetensors`, …).
 *
 * @throws ModeOodError when the page was not built.
 */
export async function renderViewer(name: string, files: ReadonlyMap<string, Uint8Array | string>): Promise<string> {
  const encoded = [...files].map(([file, content]) => [file, Buffer.from(content as string).toString('base64')])
  // Nothing in a name can end the element: base64 and escaped JSON have no "<".
  const json = JSON.stringify({ name, files: Object.fromEntries(encoded) }).replaceAll('<', String.raw`\u003c`)
  return (await readPage()).replace(marker, () => marker.replace('></', () => `>${json}</`))
}
