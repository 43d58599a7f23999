// Compiles the kernels of kernel/ to WebAssembly and writes them, as text, into src/search/generated.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compileKernel, kernelModule, kernels } from './compile-kernel.mjs'

for (const name of Object.keys(kernels)) {
  const target = fileURLToPath(new URL(`../src/search/generated/${name}.ts`, import.meta.url))
  writeFileSync(target, kernelModule(name, await compileKernel(name)))
}
