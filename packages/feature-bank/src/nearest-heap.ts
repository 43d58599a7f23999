/**
 * The k nearest vectors seen so far, as a binary heap with the farthest on top. Order is (distance, index), so that of
 * equal distances the lower index is nearer, whatever the order in which they are offered.
 */
export class NearestHeap {
  readonly #distances: Float64Array
  readonly #indices: Int32Array
  #count = 0
  #worst = Number.POSITIVE_INFINITY

  constructor(k: number) {
    this.#distances = new Float64Array(k)
    this.#indices = new Int32Array(k)
  }

  /** Distance of the farthest vector kept; infinite until k are kept. A vector farther than this cannot enter. */
  get worst(): number {
    return this.#worst
  }

  /** The farthest vector kept: with k kept, the k-th nearest. */
  get farthest(): { distance: number; index: number } {
    return { distance: this.#distances[0]!, index: this.#indices[0]! }
  }

  clear(): void {
    this.#count = 0
    this.#worst = Number.POSITIVE_INFINITY
  }

  offer(distance: number, index: number): void {
    const k = this.#distances.length
    if (this.#count < k) {
      this.#rise(this.#count++, distance, index)
      if (this.#count === k) this.#worst = this.#distances[0]!
    } else if (distance < this.#worst || (distance === this.#worst && index < this.#indices[0]!)) {
      this.#sink(k, distance, index)
      this.#worst = this.#distances[0]!
    }
  }

  /** Writes what is kept, nearest first, from `start` on, and clears the heap. */
  drain(distances: Float64Array, indices: Int32Array, start: number): void {
    for (let last = this.#count - 1; last >= 0; last--) {
      distances[start + last] = this.#distances[0]!
      indices[start + last] = this.#indices[0]!
      this.#sink(last, this.#distances[last]!, this.#indices[last]!)
    }
    this.clear()
  }

  /** Puts an entry at place `at`, a new leaf, or higher where it is farther than its parents. */
  #rise(at: number, distance: number, index: number): void {
    const distances = this.#distances
    const indices = this.#indices
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (isNearer(distance, index, distances[parent]!, indices[parent]!)) break
      distances[at] = distances[parent]!
      indices[at] = indices[parent]!
      at = parent
    }
    distances[at] = distance
    indices[at] = index
  }

  /** Replaces the top of the first `count` entries, moving farther children up. */
  #sink(count: number, distance: number, index: number): void {
    const distances = this.#distances
    const indices = this.#indices
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= count) break
      const right = child + 1
      if (right < count && isNearer(distances[child]!, indices[child]!, distances[right]!, indices[right]!))
        child = right
      if (!isNearer(distance, index, distances[child]!, indices[child]!)) break
      distances[at] = distances[child]!
      indices[at] = indices[child]!
      at = child
    }
    distances[at] = distance
    indices[at] = index
  }
}

function isNearer(distance: number, index: number, otherDistance: number, otherIndex: number): boolean {
  return distance < otherDistance || (distance === otherDistance && index < otherIndex)
}
