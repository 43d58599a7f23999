/** A coordinate as SVG text: two decimals are a hundredth of a pixel's third. */
export const number = (value: number): string => String(Math.round(value * 100) / 100)

type Point = readonly [x: number, y: number]

/** A closed outline through the points. */
export function polygon(...points: readonly Point[]): string {
  return `M${points.map(([x, y]) => `${number(x)},${number(y)}`).join(' ')}z`
}

/** An open line through the points. */
export const polyline = (...points: readonly Point[]): string => polygon(...points).slice(0, -1)

/** The rectangle between two corners. */
export function rectangle(left: number, top: number, right: number, bottom: number): string {
  return polygon([left, top], [right, top], [right, bottom], [left, bottom])
}

/** An ellipse about (x, y); a circle when one radius is given. */
export function ellipse(x: number, y: number, radiusX: number, radiusY: number = radiusX): string {
  const [rx, ry, width] = [number(radiusX), number(radiusY), number(2 * radiusX)]
  return `M${number(x - radiusX)},${number(y)}a${rx},${ry} 0 1 0 ${width},0a${rx},${ry} 0 1 0 -${width},0z`
}
