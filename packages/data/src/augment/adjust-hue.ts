import type { FloatPixels } from './float-pixels.ts'

/**
 * Turns the hue of every pixel by `turn` of a circle (-0.5 to 0.5), in place. In HSV value and saturation stay as they are, so
 * the largest and the smallest channel keep their numbers: only which channel has them changes, and the one between.
 */
export function adjustHue(data: FloatPixels, turn: number): void {
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i]!
    const green = data[i + 1]!
    const blue = data[i + 2]!
    const high = red > green ? (red > blue ? red : blue) : green > blue ? green : blue
    const low = red < green ? (red < blue ? red : blue) : green < blue ? green : blue
    const chroma = high - low
    // Grey has no hue.
    if (chroma === 0) continue
    // Sixths of the circle: red at 0, yellow 1, green 2, cyan 3, blue 4, magenta 5.
    let hue =
      red === high ? (green - blue) / chroma : green === high ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma
    hue += 6 * turn
    if (hue < 0) hue += 6
    // Not else: a negative number too small to count has just become 6.
    if (hue >= 6) hue -= 6
    const sector = hue | 0
    const fraction = hue - sector
    const between = sector & 1 ? high - chroma * fraction : low + chroma * fraction
    data[i] = sector === 0 || sector === 5 ? high : sector === 2 || sector === 3 ? low : between
    data[i + 1] = sector === 1 || sector === 2 ? high : sector === 4 || sector === 5 ? low : between
    data[i + 2] = sector === 3 || sector === 4 ? high : sector === 0 || sector === 1 ? low : between
  }
}
