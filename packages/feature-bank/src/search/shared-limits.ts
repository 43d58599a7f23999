import { allocate } from './allocate.ts'

/**
 * Upper bounds of what a query's k-th distance can be, found by any thread and used by all: whatever lies farther is no
 * neighbour. Distances are kept as float32 rounded up, whose bits, taken as integers, are in the same order.
 */
export interface SharedLimits {
  get(at: number): number
  lower(at: number, distance: number): void
}

const infinity = 0x7f800000

/** Memory for `count` limits, none of them known. */
export function createLimitMemory(count: number): Int32Array {
  return new Int32Array(allocate(4 * count)).fill(infinity)
}

export function openSharedLimits(memory: Int32Array): SharedLimits {
  const float = new Float32Array(1)
  const bits = new Int32Array(float.buffer)
  const roundUp = (distance: number): number => {
    float[0] = distance
    if (float[0] < distance) bits[0] = bits[0]! + 1
    return bits[0]!
  }
  return {
    get(at) {
      bits[0] = Atomics.load(memory, at)
      return float[0]!
    },
    lower(at, distance) {
      const wanted = roundUp(distance)
      for (let held = Atomics.load(memory, at); wanted < held;) {
        const found = Atomics.compareExchange(memory, at, held, wanted)
        if (found === held) return
        held = found
      }
    },
  }
}
