import { NearestHeap } from '../nearest-heap.ts'
import { squaredDistance } from '../squared-distance.ts'
import { greatestRanked, leastDistance } from './float32-bounds.ts'

/**
 * The exact k nearest vectors of one query among candidates that a database ranks by distances of its own, computed in
 * float32. Distances are computed again in float64; bounds on what float32 can be wrong by tell when no other vector of
 * the bank can be among them.
 */
export class ExactSelection {
  readonly #query: Float32Array
  readonly #heap: NearestHeap

  constructor(query: Float32Array, k: number) {
    this.#query = query
    this.#heap = new NearestHeap(k)
  }

  /** Considers a vector of the bank; each must be offered once. */
  offer(position: number, vector: Float32Array): void {
    const distance = squaredDistance(this.#query, 0, vector, 0, vector.length, this.#heap.worst)
    if (distance <= this.#heap.worst) this.#heap.offer(distance, position)
  }

  /** Whether a vector that the database finds at the squared distance `ranked`, or farther, is none of the k nearest. */
  excludes(ranked: number): boolean {
    return this.#heap.worst < leastDistance(ranked, this.#query.length)
  }

  /** The largest squared distance at which the database may find one of the k nearest; infinite where it cannot tell. */
  get reach(): number {
    return greatestRanked(this.#heap.worst, this.#query.length)
  }

  /** Writes the k nearest from `start` on, nearest first, and forgets them. */
  drain(distances: Float64Array, indices: Int32Array, start: number): void {
    this.#heap.drain(distances, indices, start)
  }
}
