import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pythonScript } from './python-peer.ts'

/** Makes a virtual environment with the packages the other side needs, once; returns its Python. */
export function makePython(directory: string): string {
  const python = join(directory, 'bin/python')
  if (existsSync(join(directory, 'complete'))) return python
  run('python3', ['-m', 'venv', directory])
  run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', pythonScript('requirements.txt')])
  run('touch', [join(directory, 'complete')])
  return python
}

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`)
}
