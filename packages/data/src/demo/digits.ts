import type { Random } from '@mode-ood/core'
import { between } from './chance.ts'
import { number } from './paths.ts'
import { hsl } from './style.ts'

/** The pen's way for every digit, in a box from -50 to 50: paths and not letters, so that no font changes the images. */
const strokes = [
  'M0,-38C30,-38 30,38 0,38C-30,38 -30,-38 0,-38',
  'M-14,-26L2,-38L2,38',
  'M-22,-22C-20,-44 24,-44 22,-16C20,2 -14,18 -24,36L26,36',
  'M-20,-34C10,-46 34,-10 -4,-4C36,-4 26,44 -22,34',
  'M12,38L12,-38L-26,14L26,14',
  'M22,-36L-16,-36L-20,-4C6,-18 32,0 20,24C10,42 -14,40 -24,30',
  'M16,-38C-16,-26 -30,10 -16,30C-2,46 28,34 22,12C16,-8 -14,-4 -20,14',
  'M-24,-36L24,-36L-6,38',
  'M0,-4C-30,-14 -22,-40 0,-40C22,-40 30,-14 0,-4C-34,8 -28,40 0,40C28,40 34,8 0,-4',
  'M20,-14C16,6 -22,4 -20,-18C-18,-42 18,-44 20,-14C22,6 12,24 0,38',
]

/** Draws a digit by an unsteady hand: light on dark or the reverse, grey or faintly coloured, nothing around it. */
function drawDigit(random: Random, path: string): string {
  const dark = between(random, 2, 25)
  const light = between(random, 70, 98)
  const [ground, pen] = random.uniform() < 0.7 ? [dark, light] : [light, dark]
  const saturation = random.uniform() < 0.6 ? 0 : between(random, 10, 50)
  const colour = (lightness: number) => hsl(between(random, 0, 360), saturation, lightness)
  const unsteady = path.replaceAll(/-?\d+/g, (value) => number(Number(value) + between(random, -3, 3)))
  const place = `translate(${number(between(random, 44, 56))},${number(between(random, 46, 54))})`
  const slant = `rotate(${number(between(random, -10, 10))})skewX(${number(between(random, -18, 6))})`
  const size = number(between(random, 0.7, 1))
  return (
    `<path d="M0,0H100V100H0z" fill="${colour(ground)}"/><path transform="${place}${slant}scale(${size})" d="${unsteady}"` +
    ` fill="none" stroke="${colour(pen)}" stroke-width="${number(between(random, 6, 14))}" stroke-linejoin="round" stroke-linecap="round"/>`
  )
}

/** The digits by name: SVG in a box of 100 x 100. */
export const digits: Readonly<Record<string, (random: Random) => string>> = Object.fromEntries(
  strokes.map((path, digit) => [String(digit), (random: Random) => drawDigit(random, path)]),
)
