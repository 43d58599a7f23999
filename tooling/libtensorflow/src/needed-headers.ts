import type { Wheel } from './open-wheel.ts'

const folder = 'tensorflow/include/'

/**
 * The headers of TensorFlow that sources include, and those that these include in turn, as paths below the include folder. A
 * wheel has 13,000 of them, and C code of its interface needs fourteen.
 */
export async function neededHeaders(wheel: Pick<Wheel, 'has' | 'read'>, sources: readonly string[]): Promise<string[]> {
  const found = new Set<string>()
  const waiting = [...sources]
  while (waiting.length > 0) {
    for (const [, header] of waiting.pop()!.matchAll(/^\s*#\s*include\s+["<]([^">]+)[">]/gm)) {
      const path = folder + header!
      if (found.has(header!) || !wheel.has(path)) continue
      found.add(header!)
      waiting.push((await wheel.read(path)).toString())
    }
  }
  return [...found].toSorted()
}
