import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism, cpus } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Results } from '@mode-ood/report'

/** The versions and the machine behind a run. */
export async function describeEnvironment(): Promise<Results['environment']> {
  const own = fileURLToPath(new URL('../package.json', import.meta.url))
  const read = async (path: string): Promise<string> =>
    (JSON.parse(await readFile(path, 'utf8')) as { version: string }).version
  const fromInference = createRequire(createRequire(import.meta.url).resolve('@mode-ood/inference'))
  const commit = await promisify(execFile)('git', ['rev-parse', '--short', 'HEAD'], { cwd: dirname(own) }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  )
  return {
    modeOod: await read(own),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    onnxruntime: await read(fromInference.resolve('onnxruntime-node/package.json')).catch(() => 'unknown'),
    ...(commit ? { commit } : {}),
  }
}
