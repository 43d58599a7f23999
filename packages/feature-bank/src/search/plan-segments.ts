/** Vectors from which preparing them is worth its time. */
const worthSegment = 1024
/** Segments that a bank is cut into at most before it is prepared anew. */
const mostSegments = 16
/** Numbers in vectors that a segment may have. */
const mostCodeBytes = 2 ** 29
/** Numbers in vectors from which each thread prepares a part. */
const worthThreads = 2 ** 23

export interface Stretch {
  readonly from: number
  readonly rows: number
}

export interface SegmentPlan {
  /** Segments that stay, from the first on. */
  readonly kept: number
  readonly build: readonly Stretch[]
}

/**
 * What to prepare before a bank of `size` vectors is searched. A bank that has grown by half is prepared anew, so that every
 * vector is prepared a few times at most however it grows; smaller additions get a segment of their own, and the smallest
 * are compared one by one. A segment has at most `mostNumbers` numbers, which bounds the memory it takes to prepare it.
 */
export function planSegments(
  segments: readonly Stretch[],
  size: number,
  dimension: number,
  threads: number,
  smallest: number = worthSegment,
  mostNumbers: number = mostCodeBytes,
): SegmentPlan {
  const prepared = segments.reduce((sum, { rows }) => sum + rows, 0)
  const added = size - prepared
  if (added < smallest) return { kept: segments.length, build: [] }
  if (
    added * 2 >= prepared ||
    segments.length >= Math.max(mostSegments, 2 * Math.ceil((size * dimension) / mostNumbers))
  ) {
    return { kept: 0, build: cut(0, size, dimension, threads, mostNumbers) }
  }
  if (added * 16 < prepared) return { kept: segments.length, build: [] }
  return { kept: segments.length, build: cut(prepared, added, dimension, threads, mostNumbers) }
}

function cut(from: number, rows: number, dimension: number, threads: number, mostNumbers: number): Stretch[] {
  const wanted = rows * dimension >= worthThreads ? threads : 1
  const parts = Math.max(wanted, Math.ceil((rows * dimension) / mostNumbers))
  return Array.from({ length: parts }, (_, i) => {
    const start = Math.floor((i * rows) / parts)
    return { from: from + start, rows: Math.floor(((i + 1) * rows) / parts) - start }
  })
}
