import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A native package of TensorFlow.js as it lies on disk. */
export interface NativePackage {
  readonly directory: string
  readonly version: string
  /** Path of the native library; it is missing when the install script did not run or could not download it. */
  readonly library: string
}

interface Manifest {
  readonly version: string
  readonly binary: { readonly module_name: string; readonly module_path: string; readonly napi_versions: number[] }
}

/**
 * Looks for a package in the `node_modules` that are searched from `folders`, in this order, without running any of its
 * code.
 */
export function findNativePackage(name: string, folders: readonly string[]): NativePackage | undefined {
  const manifestPath = folders.map((folder) => resolveManifest(name, folder)).find((path) => path !== undefined)
  if (manifestPath === undefined) return undefined
  const directory = dirname(manifestPath)
  const { version, binary } = JSON.parse(readFileSync(manifestPath, 'utf8')) as Manifest
  // The package itself takes the newest interface that this Node has, too.
  const supported = binary.napi_versions.filter((napi) => napi <= Number(process.versions.napi))
  const modulePath = binary.module_path.replace('{napi_build_version}', String(Math.max(...supported)))
  return { directory, version, library: join(directory, modulePath, `${binary.module_name}.node`) }
}

function resolveManifest(name: string, folder: string): string | undefined {
  try {
    return createRequire(join(folder, 'from-here.js')).resolve(`${name}/package.json`)
  } catch {
    return undefined
  }
}
