import type { Random } from '@mode-ood/core'
import { between, pick } from './chance.ts'

/** A colour by hue in degrees, saturation and lightness in percent. */
export const hsl = (hue: number, saturation: number, lightness: number): string =>
  `hsl(${Math.round(hue)},${Math.round(saturation)}%,${Math.round(lightness)}%)`

/** Any colour at all. */
export const anyColour = (random: Random): string =>
  hsl(between(random, 0, 360), between(random, 10, 90), between(random, 12, 90))

/** How the pieces of an object are painted. */
export interface Style {
  readonly body: string
  readonly accent: string
  readonly detail: string
  readonly line: string
  readonly outline: string
  readonly outlineWidth: number
}

/**
 * Draws a style that can be told from a background of the given lightness, sometimes only just: filled with or without
 * outline, one flat silhouette, or a line drawing.
 */
export function chooseStyle(random: Random, backgroundLightness: number): Style {
  const contrast = between(random, 22, 55)
  const room = backgroundLightness > 50 ? -1 : 1
  const lightness = backgroundLightness + room * contrast
  const hue = between(random, 0, 360)
  const shade = (offset: number) =>
    hsl(hue + between(random, -30, 30), between(random, 15, 85), Math.min(94, Math.max(6, lightness + offset)))
  const body = shade(0)
  const detail = shade(-room * between(random, 12, 22))
  const accent = pick(random, [
    shade(room * 14),
    hsl(hue + between(random, 90, 270), between(random, 30, 85), lightness),
  ])
  const outline = hsl(hue, 30, room > 0 ? 95 : 8)
  const outlineWidth = pick(random, [0, 0, 2, 3, 4])
  const kind = random.uniform()
  if (kind < 0.12) return { body, accent: body, detail, line: body, outline: body, outlineWidth: 1 }
  if (kind < 0.2) return { body: 'none', accent: 'none', detail: 'none', line: body, outline: body, outlineWidth: 4 }
  return { body, accent, detail, line: accent, outline, outlineWidth }
}
