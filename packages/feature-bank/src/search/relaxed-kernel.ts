import { relaxedKernelBytes } from './generated/relaxed-kernel.ts'
import { createWorkspace } from './kernel.ts'

/** The product of narrow codes with twice the speed; see kernel/relaxed-kernel.ts. */
export interface RelaxedKernel {
  narrowDots(list: number, queries: number, rows: number, count: number, dimension: number, out: number): void
}

let compiled: WebAssembly.Module | null | undefined

/** The kernel on a memory; null where the engine has no relaxed SIMD, or sums wrongly. */
export function openRelaxedKernel(memory: WebAssembly.Memory): RelaxedKernel | null {
  compiled ??= compile()
  return compiled && instantiate(compiled, memory)
}

/** Whether `openRelaxedKernel` gives a kernel. */
export function hasRelaxedKernel(): boolean {
  compiled ??= compile()
  return compiled !== null
}

function compile(): WebAssembly.Module | null {
  const bytes = Uint8Array.from(atob(relaxedKernelBytes), (character) => character.charCodeAt(0))
  if (!WebAssembly.validate(bytes)) allowRelaxedSimd()
  if (!WebAssembly.validate(bytes)) return null
  const module = new WebAssembly.Module(bytes)
  return sumsExactly(module) ? module : null
}

/** Node 20 knows relaxed SIMD, standard since, behind a flag that modules compiled from now on heed. */
function allowRelaxedSimd(): void {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  const v8 = process?.getBuiltinModule?.('node:v8') as { setFlagsFromString(flags: string): void } | undefined
  v8?.setFlagsFromString('--experimental-wasm-relaxed-simd')
}

/** How far the instruction may saturate is left to engines: the largest codes, of either sign, tell. */
function sumsExactly(module: WebAssembly.Module): boolean {
  const length = 256
  const { starts, memory, floats, integers, bytes } = createWorkspace({
    query: length,
    rows: 4 * length,
    list: 4,
    out: 16,
  })
  integers[starts.list / 4] = starts.query
  bytes.fill(64, starts.rows, starts.rows + 4 * length)
  for (const code of [31, -31]) {
    bytes.fill(code, starts.query, starts.query + length)
    instantiate(module, memory).narrowDots(starts.list, 1, starts.rows, 4, length, starts.out)
    const sums = floats.subarray(starts.out / 4, starts.out / 4 + 4)
    if (sums.some((sum) => sum !== code * 64 * length)) return false
  }
  return true
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): RelaxedKernel {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as RelaxedKernel
}
