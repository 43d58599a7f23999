import { kernelBytes } from './generated/kernel.ts'

/** The inner loops in WebAssembly; kernel/kernel.ts says what they do. Pointers are byte offsets into the memory. */
export interface KernelFunctions {
  squaredDistances(query: number, vectors: number, count: number, dimension: number, limit: number, out: number): void
  kthLargest(values: number, parts: number, stride: number, length: number, k: number, heap: number): number
  atLeast(values: number, parts: number, stride: number, length: number, needed: number, positions: number): number
}

const compiled = new WebAssembly.Module(Uint8Array.from(atob(kernelBytes), (character) => character.charCodeAt(0)))

export function instantiateKernel(memory: WebAssembly.Memory): KernelFunctions {
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as KernelFunctions
}

const pageBytes = 2 ** 16
const lineBytes = 64

/** A memory with room for regions of so many bytes each, which start at multiples of a cache line. */
export function layOut<Name extends string>(
  regions: Readonly<Record<Name, number>>,
): { starts: Record<Name, number>; memory: WebAssembly.Memory } {
  let end = 0
  const starts: Record<string, number> = {}
  for (const [name, bytes] of Object.entries<number>(regions)) {
    starts[name] = end
    end = Math.ceil((end + bytes) / lineBytes) * lineBytes
  }
  return { starts, memory: new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) }) }
}
