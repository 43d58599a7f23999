import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { neededHeaders } from './needed-headers.ts'
import type { Wheel } from './open-wheel.ts'

/** What the linker asks for, and what the wheels call it. */
const libraries = {
  'libtensorflow.so': 'libtensorflow_cc.so.2',
  'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
}

/**
 * Puts TensorFlow where a native package of TensorFlow.js expects it: libraries in `deps/lib`, headers in `deps/include`. What
 * was there before is removed, and so is the binding that was built for it.
 *
 * @param directory of the package.
 * @throws InvalidFileError when the wheel has no libraries for C++.
 */
export async function placeTensorFlow(wheel: Wheel, directory: string): Promise<void> {
  for (const stale of ['deps', 'lib']) await rm(join(directory, stale), { recursive: true, force: true })
  const target = join(directory, 'deps/lib')
  await mkdir(target, { recursive: true })
  for (const [wanted, name] of Object.entries(libraries)) {
    await wheel.extract(`tensorflow/${name}`, join(target, name))
    await symlink(name, join(target, wanted))
  }
  for (const header of await neededHeaders(wheel, bindingSources(directory))) {
    await wheel.extract(`tensorflow/include/${header}`, join(directory, 'deps/include', header))
  }
}

function bindingSources(directory: string): string[] {
  const folder = join(directory, 'binding')
  const names = readdirSync(folder).filter((name) => /\.(cc|h)$/.test(name))
  return names.map((name) => readFileSync(join(folder, name), 'utf8'))
}
