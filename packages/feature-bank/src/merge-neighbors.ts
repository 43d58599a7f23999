import type { Neighbors } from '@mode-ood/core'

/** The k nearest of every query from the nearest of every share; a share smaller than k brings all it has. */
export function mergeNeighbors(parts: readonly Neighbors[], rows: number, k: number, keep: 'all' | 'kth'): Neighbors {
  const width = keep === 'all' ? k : 1
  const distances = new Float64Array(rows * width)
  const indices = new Int32Array(rows * width)
  const widths = parts.map((part) => part.indices.length / rows)
  const next = new Int32Array(parts.length)
  for (let row = 0; row < rows; row++) {
    next.fill(0)
    for (let rank = 0; rank < k; rank++) {
      let best = -1
      let distance = Number.POSITIVE_INFINITY
      let index = Number.POSITIVE_INFINITY
      for (let part = 0; part < parts.length; part++) {
        if (next[part]! >= widths[part]!) continue
        const at = row * widths[part]! + next[part]!
        const candidate = parts[part]!.distances[at]!
        const position = parts[part]!.indices[at]!
        if (candidate < distance || (candidate === distance && position < index) || best < 0) {
          best = part
          distance = candidate
          index = position
        }
      }
      next[best]!++
      if (keep === 'kth' && rank < k - 1) continue
      const to = keep === 'all' ? row * k + rank : row
      distances[to] = distance
      indices[to] = index
    }
  }
  return { distances, indices }
}
