import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from 'assemblyscript/asc'

const folder = fileURLToPath(new URL('../kernel/', import.meta.url))

/** The kernels by name, and what they need of WebAssembly. */
export const kernels = { kernel: ['simd'], 'relaxed-kernel': ['simd', 'relaxed-simd'] }

/** A kernel as WebAssembly bytes. */
export async function compileKernel(name) {
  const written = new Map()
  const features = kernels[name].flatMap((feature) => ['--enable', feature])
  const options = ['--optimizeLevel', '3', '--runtime', 'stub', '--importMemory', ...features, '--noAssert']
  const { error, stderr } = await main([`${name}.ts`, '--outFile', 'kernel.wasm', ...options], {
    readFile: (file) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : null),
    writeFile: (file, contents) => void written.set(file, contents),
    listFiles: () => [],
  })
  if (error) throw new Error(`${name} does not compile: ${stderr.toString()}`, { cause: error })
  return written.get('kernel.wasm')
}

/** The source of a module that holds the bytes. */
export function kernelModule(name, bytes) {
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,116}/g)
  return `// Written by scripts/build-kernel.mjs from kernel/${name}.ts.\nexport const ${name === 'kernel' ? 'kernelBytes' : 'relaxedKernelBytes'}: string = [\n${lines
    .map((line) => `  '${line}',\n`)
    .join('')}].join('')\n`
}
