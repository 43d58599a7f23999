import { ziggurat } from './ziggurat.ts'

/** A seeded source of random numbers: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number
  /** Standard normal (Box-Muller). */
  normal(): number
  /** Fills an array with standard normal numbers (ziggurat): several times as fast as `normal`, and other numbers. */
  fillNormal<T extends Float32Array | Float64Array>(values: T): T
  /** Uniform integer in [0, bound). */
  integer(bound: number): number
  /** Fisher-Yates, in place; returns its argument. */
  shuffle<T extends { length: number; [index: number]: unknown }>(values: T): T
  /** An independent generator for a named part of the work, so that adding draws in one part moves none in another. */
  fork(name: string | number): Random
}

/**
 * Makes a generator (sfc32, 128 bits of state, seeded through a 32-bit mixing function).
 *
 * @example createRandom(7).integer(10)
 */
export function createRandom(seed: string | number): Random {
  const word = sfc32(hash(String(seed)))
  const next = () => word() >>> 0
  const uniform = () => (next() * 0x200000 + (next() >>> 11)) / 2 ** 53
  const integer = (bound: number) => Math.floor(uniform() * bound)
  return {
    uniform,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    fillNormal(values) {
      const normal = ziggurat(word, uniform)
      for (let i = 0; i < values.length; i++) values[i] = normal()
      return values
    },
    shuffle(values) {
      const items: { [index: number]: unknown } = values
      for (let i = values.length - 1; i > 0; i--) {
        const j = integer(i + 1)
        const held = items[i]
        items[i] = items[j]
        items[j] = held
      }
      return values
    },
    fork: (name) => createRandom(`${seed}/${name}`),
  }
}

/** FNV-1a over UTF-16 units, then a 32-bit finaliser. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return (h ^ (h >>> 16)) >>> 0
}

/** Signed words. */
function sfc32(seed: number): () => number {
  let a = seed
  let b = seed ^ 0x9e3779b9
  let c = seed ^ 0x243f6a88
  let counter = 1
  const next = () => {
    const sum = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum
  }
  for (let i = 0; i < 15; i++) next()
  return next
}
