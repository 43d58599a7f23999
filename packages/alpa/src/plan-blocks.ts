import type { AlpaSimilarityOptions } from './alpa-options.ts'

/** How the answering images are divided. */
export interface BlockPlan {
  readonly positions: number
  /** Images of every block. */
  readonly blocks: readonly number[]
  /** How many blocks' answers stay in memory for the gradient; the others are computed again. */
  readonly kept: number
}

/** Numbers of a tensor of one block that is still at home in a processor's cache. */
const cachedNumbers = 2 ** 17
const bytesPerNumber = 4
/** Tensors of a block's size that exist at once, and those of them that are kept. */
const tensorsAtOnce = 8
const tensorsKept = 2

export function planBlocks(images: number, positions: number, options: AlpaSimilarityOptions): BlockPlan {
  const numbersPerImage = images * positions ** 2
  const workspace = ((options.workspaceMebibytes ?? 256) * 2 ** 20) / bytesPerNumber
  const wanted = options.imagesAtOnce ?? Math.floor(cachedNumbers / numbersPerImage)
  const fitting = Math.floor(workspace / tensorsAtOnce / numbersPerImage)
  const size = Math.max(1, Math.min(images, wanted, fitting))
  const blocks = Array.from({ length: Math.ceil(images / size) }, (_, i) => Math.min(size, images - i * size))
  const free = workspace / (size * numbersPerImage) - tensorsAtOnce
  return { positions, blocks, kept: Math.max(0, Math.min(blocks.length, Math.floor(free / tensorsKept))) }
}
