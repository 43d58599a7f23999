import type { Random } from '@mode-ood/core'
import { between, pick } from './chance.ts'
import type { Kind } from './kind.ts'
import { knownKinds } from './known-kinds.ts'
import { polygon } from './paths.ts'
import { drawParts, drawScene } from './scene.ts'
import { unseenKinds } from './unseen-kinds.ts'

/** One object of the kind in a cluttered scene. */
export function drawObject(random: Random, id: string, kind: Kind): string {
  const parts = kind(random.fork('object'))
  return drawScene(random.fork('scene'), id, (style) => drawParts(parts, style))
}

/**
 * A known object of which half, or rather more than a quarter, is replaced by the same region of another kind, known or
 * not, painted in the same style: most of what the model sees is familiar.
 */
export function drawChimera(random: Random, id: string, kind: Kind): string {
  const choose = random.fork('chimera')
  const foreign = pick(
    choose,
    [...Object.values(knownKinds), ...Object.values(unseenKinds)].filter((other) => other !== kind),
  )
  const own = kind(random.fork('object'))
  const other = foreign(random.fork('foreign'))
  const turn = between(choose, 0, 360)
  const [kept, replaced] =
    choose.uniform() < 0.6
      ? [polygon([-99, -99], [0, -99], [0, 99], [-99, 99]), polygon([0, -99], [99, -99], [99, 99], [0, 99])]
      : [
          polygon([0, 0], [0, -99], [-99, -99], [-99, 99], [99, 99], [99, 0]),
          polygon([0, 0], [0, -99], [99, -99], [99, 0]),
        ]
  return drawScene(random.fork('scene'), id, (style) => {
    const familiar = clip(`k${id}`, kept, turn, drawParts(own, style))
    return familiar + clip(`r${id}`, replaced, turn, drawParts(other, style))
  })
}

/** What of a drawing lies within an outline that is turned by so many degrees. */
function clip(id: string, outline: string, turn: number, drawing: string): string {
  const path = `<path d="${outline}" transform="rotate(${Math.round(turn)})"/>`
  return `<clipPath id="${id}">${path}</clipPath><g clip-path="url(#${id})">${drawing}</g>`
}
