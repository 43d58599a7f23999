import type { Random } from '@mode-ood/core'
import { between, pick, several } from './chance.ts'
import type { Part } from './kind.ts'
import { ellipse, number, polygon, polyline, rectangle } from './paths.ts'
import { anyColour, chooseStyle, hsl, type Style } from './style.ts'

/**
 * SVG of a cluttered scene in a box of 100 x 100: background, things that mean nothing, the object, things before it.
 *
 * @param id distinguishes the scene's gradient from those of other scenes in the same document.
 * @param drawObject gives the object, in its own box from -50 to 50, in the style it is handed.
 */
export function drawScene(random: Random, id: string, drawObject: (style: Style) => string): string {
  const lightness = between(random, 10, 90)
  const background = drawBackground(random.fork('background'), id, lightness)
  const clutter = drawClutter(random.fork('clutter'))
  const style = chooseStyle(random.fork('style'), lightness)
  const foreground = drawForeground(random.fork('foreground'))
  return `${background}${clutter}<g transform="${choosePose(random.fork('pose'))}">${drawObject(style)}</g>${foreground}`
}

/** SVG of an object's parts in a style. */
export function drawParts(parts: readonly Part[], style: Style): string {
  const paths = parts.map(({ role, path, width }) =>
    role === 'line'
      ? `<path d="${path}" fill="none" stroke="${style.line}" stroke-width="${number(width ?? 4)}"/>`
      : `<path d="${path}" fill="${style[role]}"/>`,
  )
  const stroke = style.outlineWidth > 0 ? `stroke="${style.outline}" stroke-width="${style.outlineWidth}"` : ''
  return `<g fill-rule="evenodd" stroke-linejoin="round" stroke-linecap="round" ${stroke}>${paths.join('')}</g>`
}

/** Somewhere in the box, turned, sheared, mirrored and scaled; at most a corner of the object is cut off. */
function choosePose(random: Random): string {
  const size = between(random, 0.65, 0.98)
  const slack = 54 - 46 * size
  const x = number(50 + between(random, -slack, slack))
  const y = number(50 + between(random, -slack, slack))
  const angle = number(random.uniform() < 0.85 ? between(random, -22, 22) : between(random, -80, 80))
  const width = pick(random, [-1, 1]) * size * between(random, 0.82, 1.1)
  return `translate(${x},${y})rotate(${angle})skewX(${number(between(random, -12, 12))})scale(${number(width)},${number(size)})`
}

const fillBox = (paint: string): string => `<path d="M0,0H100V100H0z" fill="${paint}"/>`

/** One colour, or a gradient between two of about the same lightness. */
function drawBackground(random: Random, id: string, lightness: number): string {
  const shade = (reach: number) =>
    hsl(between(random, 0, 360), between(random, 5, 70), lightness + between(random, -reach, reach))
  const kind = pick(random, ['flat', 'linear', 'linear', 'radial'])
  if (kind === 'flat') return fillBox(shade(6))
  const stops = `<stop stop-color="${shade(14)}"/><stop offset="1" stop-color="${shade(14)}"/>`
  const turn = `gradientTransform="rotate(${random.integer(360)},.5,.5)"`
  return `<${kind}Gradient id="g${id}" ${turn}>${stops}</${kind}Gradient>${fillBox(`url(#g${id})`)}`
}

/** Blobs, small solid shapes and strokes of any colour, some of them see-through. */
function drawClutter(random: Random): string {
  const paint = () => `fill="${anyColour(random)}" fill-opacity="${number(between(random, 0.15, 0.6))}"`
  const place = () => between(random, -5, 105)
  const blob = () =>
    `<path d="${ellipse(place(), place(), between(random, 8, 30), between(random, 6, 24))}" ${paint()}/>`
  const shape = () => {
    const [x, y, size] = [place(), place(), between(random, 4, 13)]
    const path = pick(random, [
      rectangle(x, y, x + size, y + size * between(random, 0.5, 2.5)),
      polygon([x, y], [x + size * 1.5, y + between(random, -8, 8)], [x + size / 2, y + size * 1.6]),
      ellipse(x, y, size * 0.7),
    ])
    return `<path d="${path}" ${paint()}/>`
  }
  return (
    several(random, 0, 3, blob) + several(random, 0, 3, shape) + several(random, 0, 2, () => drawStroke(random, 2, 6))
  )
}

/** Up to three thin strokes and one small blob that hide a little of the object. */
function drawForeground(random: Random): string {
  const blob = () =>
    `<path d="${ellipse(between(random, 0, 100), between(random, 0, 100), between(random, 4, 11))}" fill="${anyColour(random)}"/>`
  return several(random, 0, 2, () => drawStroke(random, 2, 4)) + several(random, 0, 1, blob)
}

function drawStroke(random: Random, thin: number, thick: number): string {
  const [x, y] = [between(random, 0, 100), between(random, 0, 100)]
  const reach = () => between(random, -50, 50)
  const path =
    random.uniform() < 0.5
      ? polyline([x, y], [x + reach(), y + reach()])
      : `M${number(x)},${number(y)}q${number(reach())},${number(reach())} ${number(reach())},${number(reach())}`
  return `<path d="${path}" fill="none" stroke="${anyColour(random)}" stroke-width="${number(between(random, thin, thick))}"/>`
}
