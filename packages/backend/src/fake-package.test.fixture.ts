import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { temporaryDirectory } from '@mode-ood/testing'

const require = createRequire(import.meta.url)

export interface FakePackage {
  readonly name?: 'tfjs-node' | 'tfjs-node-gpu'
  readonly version?: string
  /** The native library's bytes, or the path of a real one; none is there unless given. */
  readonly library?: Uint8Array | string
  /** The package's code. */
  readonly main?: string
}

/** A folder with a package of TensorFlow.js in its `node_modules`, shaped like the real one. */
export function fakePackage({ name = 'tfjs-node', version = '4.22.0', library, main = '' }: FakePackage): string {
  const folder = temporaryDirectory()
  const directory = join(folder, 'node_modules/@tensorflow', name)
  const binary = {
    module_name: 'tfjs_binding',
    module_path: './lib/napi-v{napi_build_version}',
    napi_versions: [3, 8, 99],
  }
  mkdirSync(join(directory, 'lib/napi-v8'), { recursive: true })
  if (typeof library === 'string') {
    binary.module_name = library.split('/').at(-1)!.replace('.node', '')
    binary.module_path = relative(directory, dirname(library))
  } else if (library) {
    writeFileSync(join(directory, 'lib/napi-v8/tfjs_binding.node'), library)
  }
  writeFileSync(
    join(directory, 'package.json'),
    JSON.stringify({ name: `@tensorflow/${name}`, version, main: 'index.js', binary }),
  )
  writeFileSync(join(directory, 'index.js'), main)
  return folder
}

/** A native library that loads: onnxruntime's. */
export function loadableLibrary(): string {
  const { platform, arch } = process
  return join(
    dirname(require.resolve('onnxruntime-node/package.json')),
    `bin/napi-v6/${platform}/${arch}/onnxruntime_binding.node`,
  )
}

/**
 * A library for Linux on x64 that ends the process which loads it with an illegal instruction, as one for a newer processor
 * does. Its source is `__attribute__((constructor)) static void start(void) { __builtin_trap(); }`.
 */
export function fatalLibrary(): Uint8Array {
  return inflateRawSync(Buffer.from(fatal, 'base64'))
}

const fatal =
  'rVSxSgNBEH23iTFG0KQQIirY2K6VYKVptNFGsLBLVnN6AZPA3QpJpWU+08ZPULDx5HIzl90hISpO83izM7szb3b3+ezyXAUB2Eo4wYwBLcJX5fqO' +
  'UUYLNaxNY1ew2F4CH1HPIaMVd73hYzXwkfMU5U3IP2n4WBTP+USv3my3gp9b3dkmcLb9rRX9EB/RRpvrPt8W8Tvw896/0mGG+xTPmt8Q595axGtC' +
  'DjoOTcJVwo7QidfXBP9M8/P/qsNS00mU2NiaW+iHwZOOTBJBd8eDZNzP0cbQcfhoMgJtw5GFDqP2fWz6IXRv0LNtE8dmPI02/d7dv5SV6faRpkO+' +
  '/qw/4y5m99LVkW2L9lBiPozN4t3l2so57NGaEvNmlPOQ/ABA2cnneXfE+bJ+9h86b9W9r4xqyflH5FOL/gNhUr9TABukgfdPBPPjqwIvqHbOL/4L' +
  '8U+URJ77/ktz6pxQQ9dL+v8Gbash'
