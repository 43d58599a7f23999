import type { Random } from '@mode-ood/core'
import { between } from './chance.ts'
import { number } from './paths.ts'

/** Perlin noise: `coarsest` and `finest` are the sizes of its grains in a box of 100 x 100, where a pixel is 3 wide. */
function drawNoise(random: Random, id: string, coarsest: number, finest: number): string {
  const frequency = number(1 / between(random, finest, coarsest))
  const contrast = between(random, 1.2, 4)
  const brightness = between(random, -0.25, 0.25)
  const level = () => number((1 - contrast) / 2 + brightness + between(random, -0.1, 0.1))
  const gain = number(contrast)
  const row = (channel: number) => `${[0, 1, 2, 3].map((i) => (i === channel ? gain : 0)).join(' ')} ${level()}`
  const channels = random.uniform() < 0.7 ? [0, 1, 2] : [0, 0, 0]
  const turbulence = `<feTurbulence type="fractalNoise" baseFrequency="${frequency}" numOctaves="${1 + random.integer(3)}" seed="${random.integer(100_000)}"/>`
  const matrix = `<feColorMatrix values="${channels.map(row).join(' ')} 0 0 0 0 1"/>`
  const filter = `<filter id="n${id}" x="0" y="0" width="1" height="1" color-interpolation-filters="sRGB">${turbulence}${matrix}</filter>`
  return `${filter}<path d="M0,0H100V100H0z" filter="url(#n${id})"/>`
}

/** The kinds of noise by name: SVG in a box of 100 x 100, where `id` tells its filter from others in the document. */
export const noises: Readonly<Record<string, (random: Random, id: string) => string>> = {
  fine: (random, id) => drawNoise(random, id, 5, 2),
  medium: (random, id) => drawNoise(random, id, 14, 5),
  coarse: (random, id) => drawNoise(random, id, 45, 14),
}
