const layers = 128
/** Where the tail begins. */
const tail = 3.442619855899
/** Of each layer: what lies below the curve and right of the tail's beginning included in the lowest. */
const area = 9.91256303526217e-3

/** Half of the normal curve, not scaled. */
const curve = (x: number): number => Math.exp(-0.5 * x * x)

/** The right edges of the layers, the lowest and widest first; 0 at the top. */
const edges = new Float64Array(layers + 1)
edges[0] = area / curve(tail)
edges[1] = tail
for (let i = 2; i < layers; i++) edges[i] = Math.sqrt(-2 * Math.log(area / edges[i - 1]! + curve(edges[i - 1]!)))

/**
 * Makes a source of standard normal numbers that takes mostly one draw each and no logarithm: seven bits choose a layer, the
 * other 25 a place in it (Marsaglia and Tsang, "The ziggurat method for generating random variables", 2000, with separate bits
 * for the two as Doornik, 2005, asks).
 *
 * @param word uniform 32-bit integers, signed.
 * @param uniform numbers in [0, 1).
 */
export function ziggurat(word: () => number, uniform: () => number): () => number {
  function beyondTail(): number {
    for (;;) {
      const x = Math.log(1 - uniform()) / tail
      const y = Math.log(1 - uniform())
      if (-2 * y >= x * x) return tail - x
    }
  }
  return () => {
    for (;;) {
      const bits = word()
      const layer = bits & (layers - 1)
      const x = ((bits >> 7) / 0x1000000) * edges[layer]!
      const distance = Math.abs(x)
      if (distance < edges[layer + 1]!) return x
      if (layer === 0) return x < 0 ? -beyondTail() : beyondTail()
      const [low, high] = [curve(edges[layer]!), curve(edges[layer + 1]!)]
      if (low + uniform() * (high - low) < curve(x)) return x
    }
  }
}
