import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The root of the repository. */
export const repository: string = fileURLToPath(new URL('../../../', import.meta.url))

/** Runs a program to its end and gives what it printed; rejects with what it complained of. */
export const run: (
  program: string,
  options: string[],
  settings: { cwd: string; env?: NodeJS.ProcessEnv },
) => Promise<{ stdout: string; stderr: string }> = (program, options, settings) =>
  promisify(execFile)(program, options, { ...settings, encoding: 'utf8', maxBuffer: 1 << 28 })

/** A package as it would be published. */
export interface PackedPackage {
  /** The folder below `packages/`. */
  readonly folder: string
  readonly tarball: string
  /** The tarball unpacked, at its place in `node_modules`. */
  readonly directory: string
  /** Paths in the tarball. */
  readonly files: readonly string[]
  readonly manifest: {
    readonly name: string
    readonly exports: Record<string, unknown>
    readonly dependencies?: Record<string, string>
  }
}

/**
 * Compiles and packs every package and unpacks the tarballs into `project/node_modules`; what they depend on is linked from
 * the workspace's own installation, so that nothing is downloaded.
 */
export async function installPacked(project: string): Promise<PackedPackage[]> {
  await run(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-b'], { cwd: repository })
  const folders = readdirSync(join(repository, 'packages')).filter((folder) =>
    existsSync(join(repository, 'packages', folder, 'package.json')),
  )
  const tarballs = join(project, 'tarballs')
  mkdirSync(tarballs, { recursive: true })
  const packed: PackedPackage[] = []
  for (const folder of folders) packed.push(await packAndUnpack(folder, tarballs, project))
  for (const { folder, manifest } of packed) linkDependencies(folder, manifest.dependencies ?? {}, project)
  return packed
}

async function packAndUnpack(folder: string, tarballs: string, project: string): Promise<PackedPackage> {
  const tarball = join(tarballs, `${folder}.tgz`)
  const { packageManager } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    packageManager: string
  }
  const cwd = join(repository, 'packages', folder)
  await run('npx', ['-y', packageManager, 'pack', '--out', tarball], { cwd })
  const directory = join(project, 'node_modules/@mode-ood', folder)
  mkdirSync(directory, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', directory, '--strip-components=1'], { cwd: project })
  const { stdout } = await run('tar', ['-tzf', tarball], { cwd: project })
  const files = stdout
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''))
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as PackedPackage['manifest']
  return { folder, tarball, directory, files, manifest }
}

function linkDependencies(folder: string, dependencies: Record<string, string>, project: string): void {
  for (const name of Object.keys(dependencies)) {
    const link = join(project, 'node_modules', name)
    if (name.startsWith('@mode-ood/') || existsSync(link)) continue
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(realpathSync(join(repository, 'packages', folder, 'node_modules', name)), link)
  }
}
