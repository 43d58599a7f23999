import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../../', import.meta.url))

/** Installs dependencies when the lock file is not the one they were installed from. */
export function prepare() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`mode-ood needs Node 20.19 or newer, and this is ${process.versions.node}`)
    process.exit(1)
  }
  const stamp = join(repository, 'node_modules/.mode-ood-installed')
  const wanted = createHash('sha256')
    .update(readFileSync(join(repository, 'pnpm-lock.yaml')))
    .update(readFileSync(join(repository, 'pnpm-workspace.yaml')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.log('Installing dependencies (once) …')
  const install = spawnSync('npx', ['-y', prepare.pnpm, 'install', '--frozen-lockfile', '--reporter=append-only'], {
    cwd: repository,
    encoding: 'utf8',
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', CI: 'true' },
  })
  if (install.status !== 0) {
    console.error(`${install.stdout ?? ''}${install.stderr ?? ''}${install.error?.message ?? ''}`)
    console.error('The dependencies could not be installed; the lines above say why.')
    process.exit(1)
  }
  writeFileSync(stamp, wanted)
}

prepare.pnpm = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')).packageManager
