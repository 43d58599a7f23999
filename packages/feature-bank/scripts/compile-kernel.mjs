import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from 'assemblyscript/asc'

const folder = fileURLToPath(new URL('../kernel/', import.meta.url))

/** The kernel as WebAssembly bytes. */
export async function compileKernel() {
  const written = new Map()
  const options = ['--optimizeLevel', '3', '--runtime', 'stub', '--importMemory', '--enable', 'simd', '--noAssert']
  const { error, stderr } = await main(['kernel.ts', '--outFile', 'kernel.wasm', ...options], {
    readFile: (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : null),
    writeFile: (name, contents) => void written.set(name, contents),
    listFiles: () => [],
  })
  if (error) throw new Error(`the kernel does not compile: ${stderr.toString()}`, { cause: error })
  return written.get('kernel.wasm')
}

/** The source of a module that holds the bytes. */
export function kernelModule(bytes) {
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,116}/g)
  return `// Written by scripts/build-kernel.mjs from kernel/kernel.ts.\nexport const kernelBytes: string = [\n${lines
    .map((line) => `  '${line}',\n`)
    .join('')}].join('')\n`
}
