// Node has it; the types of ES2023 do not.
declare const WebAssembly: {
  readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
}

/** What the runtime's kernels like arrays to begin at a multiple of, in bytes. */
const alignment = 64
const pageBytes = 65_536
const mostPages = 65_536

/**
 * Float32 arrays of the given lengths, zero, each at a multiple of 64 bytes. They lie in WebAssembly memory, which the
 * runtime reads and writes in place, and whose address is a page's; arrays of their own where that cannot be had.
 */
export function alignedFloats(lengths: readonly number[]): Float32Array<ArrayBuffer>[] {
  const bytes = lengths.map((length) => Math.ceil((length * 4) / alignment) * alignment)
  const buffer = reserve(bytes.reduce((sum, size) => sum + size, 0))
  let offset = 0
  return lengths.map((length, i) => {
    if (!buffer) return new Float32Array(length)
    const floats = new Float32Array(buffer, offset, length)
    offset += bytes[i]!
    return floats
  })
}

function reserve(bytes: number): ArrayBuffer | undefined {
  const pages = Math.ceil(bytes / pageBytes)
  if (pages > mostPages) return undefined
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer
  } catch {
    return undefined // a process with little address space
  }
}
