import type { Random } from '@mode-ood/core'
import { digits } from './digits.ts'
import type { Kind } from './kind.ts'
import { knownKinds } from './known-kinds.ts'
import { noises } from './noise.ts'
import { drawChimera, drawObject } from './object-images.ts'
import { textures } from './textures.ts'
import { unseenKinds } from './unseen-kinds.ts'

/** Draws one image of a variant as SVG in a box of 100 x 100. Ids within it end in `id`. */
export type DrawVariant = (random: Random, id: string) => string

/** What a set holds: image i shows variant i modulo their number, so that any first part of a set is balanced. */
export interface DemoSet {
  readonly variants: Readonly<Record<string, DrawVariant>>
  /** Whether the variants are the model's classes. */
  readonly labelled: boolean
  /** Images in the set unless the caller says otherwise. */
  readonly count: number
}

export type DemoSetName = 'train' | 'test' | 'unseen-objects' | 'foreign-part' | 'textures' | 'digits' | 'noise'

type DrawKind = (random: Random, id: string, kind: Kind) => string

function variantsOf(kinds: Readonly<Record<string, Kind>>, draw: DrawKind): DemoSet['variants'] {
  const variant =
    (kind: Kind): DrawVariant =>
    (random, id) =>
      draw(random, id, kind)
  return Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, variant(kind)]))
}

const known = variantsOf(knownKinds, drawObject)

/** The sets of the demo by name. */
export const demoSets: Readonly<Record<DemoSetName, DemoSet>> = {
  train: { variants: known, labelled: true, count: 3000 },
  test: { variants: known, labelled: true, count: 1000 },
  'unseen-objects': { variants: variantsOf(unseenKinds, drawObject), labelled: false, count: 400 },
  'foreign-part': { variants: variantsOf(knownKinds, drawChimera), labelled: false, count: 400 },
  textures: { variants: textures, labelled: false, count: 400 },
  digits: { variants: digits, labelled: false, count: 400 },
  noise: { variants: noises, labelled: false, count: 300 },
}
