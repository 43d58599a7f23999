import { kernelBytes } from './generated/kernel.ts'

/** The inner loops in WebAssembly; the files of kernel/ say what they do. Pointers are byte offsets into the memory. */
export interface Kernel {
  integerDots(list: number, queries: number, rows: number, count: number, dimension: number, out: number): void
  floatDots(list: number, queries: number, rows: number, count: number, dimension: number, out: number): void
  squaredDistances(query: number, list: number, count: number, dimension: number, limit: number, out: number): void
  encode(
    value: number,
    center: number,
    dimension: number,
    padded: number,
    top: number,
    zero: number,
    narrow: 0 | 1,
    codes: number,
    out: number,
  ): void
  subtract(value: number, center: number, dimension: number, padded: number, into: number, out: number): void
  select(
    dots: number,
    norms: number,
    losses: number,
    scales: number,
    count: number,
    weight: number,
    scale: number,
    zero: number,
    bound: number,
    positions: number,
  ): number
  upperBounds(
    dots: number,
    norms: number,
    losses: number,
    scales: number,
    count: number,
    weight: number,
    scale: number,
    zero: number,
    out: number,
  ): void
  kthSmallest(values: number, count: number, k: number, heap: number): number
  transpose(from: number, rows: number, columns: number, into: number): void
  narrow(codes: number, count: number, zero: number, into: number): void
}

let compiled: WebAssembly.Module | undefined

function instantiateKernel(memory: WebAssembly.Memory): Kernel {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelBytes), (character) => character.charCodeAt(0)))
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Kernel
}

const pageBytes = 2 ** 16
const lineBytes = 64

/** A memory with room for regions of so many bytes each, which start at multiples of a cache line, and a kernel on it. */
export interface Workspace<Name extends string> {
  readonly starts: Readonly<Record<Name, number>>
  readonly memory: WebAssembly.Memory
  readonly kernel: Kernel
  readonly bytes: Uint8Array
  readonly floats: Float32Array
  readonly integers: Int32Array
  readonly doubles: Float64Array
}

export function createWorkspace<Name extends string>(regions: Readonly<Record<Name, number>>): Workspace<Name> {
  let end = 0
  const starts = {} as Record<Name, number>
  for (const [name, bytes] of Object.entries<number>(regions)) {
    starts[name as Name] = end
    end = Math.ceil((end + bytes) / lineBytes) * lineBytes
  }
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) })
  const { buffer } = memory
  return {
    starts,
    memory,
    kernel: instantiateKernel(memory),
    bytes: new Uint8Array(buffer),
    floats: new Float32Array(buffer),
    integers: new Int32Array(buffer),
    doubles: new Float64Array(buffer),
  }
}
