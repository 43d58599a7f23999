import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ModeOodError } from '@mode-ood/core'

const { include_dir: nodeHeaders } = createRequire(import.meta.url)('node-api-headers') as { include_dir: string }

/**
 * Compiles the binding between Node and TensorFlow by one call of the compiler. It speaks Node-API alone, whose headers are a
 * package and which every version of Node understands, so it is compiled once and for all of them.
 *
 * @param library where the binding is to be, two folders below the package.
 * @throws ModeOodError when there is no compiler, or it fails.
 */
export async function compileBinding(directory: string, library: string): Promise<void> {
  await mkdir(dirname(library), { recursive: true })
  const compiler = process.env['CXX'] ?? 'g++'
  try {
    await promisify(execFile)(compiler, compilerArguments(library), { cwd: directory, maxBuffer: 1 << 26 })
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string }
    if (code === 'ENOENT') throw new ModeOodError(`there is no compiler ${compiler}: install g++, or name one in CXX`)
    const reason = stderr.split('\n').find((line) => /error|cannot find/.test(line)) ?? String(error)
    throw new ModeOodError(`${compiler} cannot compile the binding: ${reason.trim()}`, { cause: error })
  }
}

/** Run in the package's directory. */
export function compilerArguments(library: string): string[] {
  const napi = /napi-v(\d+)/.exec(library)![1]!
  return [
    ...['-shared', '-fPIC', '-O2', '-std=c++17', `-DNAPI_VERSION=${napi}`],
    ...[`-I${nodeHeaders}`, `-I${join('deps', 'include')}`],
    ...['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'],
    ...['-Ldeps/lib', '-ltensorflow', '-ltensorflow_framework', '-Wl,-rpath,$ORIGIN/../../deps/lib'],
    ...['-o', library],
  ]
}
