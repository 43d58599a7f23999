import type { Random } from '@mode-ood/core'
import { between, pick } from './chance.ts'
import { ellipse, number, polygon, polyline, rectangle } from './paths.ts'
import { anyColour } from './style.ts'

/** Half the width of the square that patterns fill, wide enough to cover the tile in any rotation. */
const reach = 95

/** Where a pattern repeats along one axis. */
const steps = (period: number): number[] =>
  Array.from({ length: Math.ceil((2 * reach) / period) }, (_, i) => i * period - reach)

/** One path made of a piece for every cell of a grid; `odd` tells whether row and column add up to an odd number. */
function grid(period: number, cell: (x: number, y: number, odd: boolean) => string): string {
  return steps(period)
    .flatMap((y, row) => steps(period).map((x, column) => cell(x, y, (row + column) % 2 === 1)))
    .join('')
}

const fill = (path: string, colour: string) => `<path d="${path}" fill="${colour}"/>`
const stroke = (path: string, colour: string, width: number) =>
  `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${number(width)}"/>`
const across = (positions: readonly number[]) => positions.map((y) => polyline([-reach, y], [reach, y])).join('')
const down = (positions: readonly number[]) => positions.map((x) => polyline([x, -reach], [x, reach])).join('')

/** Draws the pattern of one texture over a ground of another colour. */
type Pattern = (random: Random, period: number, colour: string) => string

const stripes: Pattern = (random, period, colour) => {
  const second = stroke(across(steps(period * 2)), anyColour(random), period * between(random, 0.2, 0.5))
  return (
    (random.uniform() < 0.5 ? second : '') + stroke(across(steps(period)), colour, period * between(random, 0.3, 0.7))
  )
}

const checks: Pattern = (_, period, colour) =>
  fill(
    grid(period, (x, y, odd) => (odd ? rectangle(x, y, x + period, y + period) : '')),
    colour,
  )

const dots: Pattern = (random, period, colour) => {
  const radius = period * between(random, 0.22, 0.42)
  const staggered = random.uniform() < 0.5
  return fill(
    grid(period, (x, y, odd) => (staggered && odd ? '' : ellipse(x, y, staggered ? radius * 1.3 : radius))),
    colour,
  )
}

const crosshatch: Pattern = (random, period, colour) => {
  const width = period * between(random, 0.15, 0.4)
  return (
    stroke(across(steps(period)), colour, width) +
    stroke(down(steps(period)), pick(random, [colour, anyColour(random)]), width)
  )
}

const waves: Pattern = (random, period, colour) => {
  const swing = number(period * between(random, 0.5, 1.2))
  const half = number(period * between(random, 0.6, 1.2))
  const repeats = Math.ceil((2 * reach) / Number(half))
  const wave = (y: number) =>
    `M${-reach},${number(y)}q${number(Number(half) / 2)},${swing} ${half},0${`t${half},0`.repeat(repeats)}`
  return stroke(steps(period).map(wave).join(''), colour, period * between(random, 0.25, 0.5))
}

const bricks: Pattern = (random, period, colour) => {
  const gap = period * between(random, 0.08, 0.16)
  const length = period * between(random, 1.6, 2.4)
  const row = (y: number, shift: number) =>
    steps(length).map((x) => rectangle(x - shift, y, x - shift + length - gap, y + period - gap))
  return fill(
    steps(period)
      .flatMap((y, i) => row(y, i % 2 ? length / 2 : 0))
      .join(''),
    colour,
  )
}

const weave: Pattern = (random, period, colour) => {
  const half = period * between(random, 0.3, 0.45)
  const over = period - half
  const crossing = (x: number, y: number, odd: boolean) =>
    odd ? rectangle(x - over, y - half, x + over, y + half) : ''
  return stroke(down(steps(period)), anyColour(random), 2 * half) + fill(grid(period, crossing), colour)
}

const triangles: Pattern = (_, period, colour) =>
  fill(
    grid(period, (x, y) => polygon([x, y + period], [x + period / 2, y], [x + period, y + period])),
    colour,
  )

const patterns: Readonly<Record<string, Pattern>> = {
  stripes,
  checks,
  dots,
  crosshatch,
  waves,
  bricks,
  weave,
  triangles,
}

/** Draws one texture over the whole tile, in any direction, from fine to coarse. */
const drawTexture = (random: Random, pattern: Pattern): string => {
  const period = between(random, 9, 26)
  const ground = anyColour(random)
  const drawing = pattern(random, period, anyColour(random))
  const place = () => number(50 + between(random, -period / 2, period / 2))
  const shift = `translate(${place()},${place()})`
  return `${fill('M0,0H100V100H0z', ground)}<g transform="${shift}rotate(${random.integer(360)})">${drawing}</g>`
}

/** The textures by name: SVG in a box of 100 x 100. */
export const textures: Readonly<Record<string, (random: Random) => string>> = Object.fromEntries(
  Object.entries(patterns).map(([name, pattern]) => [name, (random: Random) => drawTexture(random, pattern)]),
)
