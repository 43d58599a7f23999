// Compiles kernel/kernel.ts to WebAssembly and writes it, as text, to src/search/generated/kernel.ts.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compileKernel, kernelModule } from './compile-kernel.mjs'

const target = fileURLToPath(new URL('../src/search/generated/kernel.ts', import.meta.url))
writeFileSync(target, kernelModule(await compileKernel()))
