const bytesPerNumber = 4
/** Tensors of the size of a chunk that the backward pass reads: weights, products, aligned. */
const keptTensors = 3

/** Bounds on what the loss keeps in memory beside projections and their gradients. */
export interface AlpaMemory {
  /** Of a tensor between all answering positions and the asking ones of a chunk; about eight such are alive at a time. */
  readonly chunkMebibytes: number
  /** Of what the forward pass keeps for the backward pass; the rest is computed again. */
  readonly keptMebibytes: number
}

export interface Chunk {
  /** Asking images, at least one. */
  readonly images: number
  /** Whether the forward pass's tensors are kept for the backward pass, or computed again. */
  readonly isKept: boolean
}

/** Divides `count` asking images of `positions` each into chunks, of which the first are kept as far as memory goes. */
export function planChunks(count: number, positions: number, memory: AlpaMemory): readonly Chunk[] {
  const mebibytesPerImage = (count * positions * positions * bytesPerNumber) / 2 ** 20
  const largest = Math.min(count, Math.max(1, Math.floor(memory.chunkMebibytes / mebibytesPerImage)))
  let free = memory.keptMebibytes
  return Array.from({ length: Math.ceil(count / largest) }, (_, i) => {
    const images = Math.min(largest, count - i * largest)
    free -= keptTensors * images * mebibytesPerImage
    return { images, isKept: free >= 0 }
  })
}
