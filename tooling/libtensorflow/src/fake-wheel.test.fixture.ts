import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '@mode-ood/testing'
import { strToU8, zipSync } from 'fflate'

export const wheelName = 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl'

/** A wheel of texts, some of them stored, the others deflated. */
export function fakeWheel(files: Record<string, string>, name: string = wheelName): string {
  const path = join(temporaryDirectory(), name)
  const level = (content: string) => (content.length % 2 === 0 ? 0 : 9)
  const packed = Object.entries(files).map(([file, content]) => [file, [strToU8(content), { level: level(content) }]])
  writeFileSync(path, zipSync(Object.fromEntries(packed)))
  return path
}
