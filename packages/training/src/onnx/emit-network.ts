import { type BackboneSpec, type ConvolutionPlan, networkPlan } from '@mode-ood/backbones'
import type { GraphMap, MapLayout } from './map-layout.ts'

/** Images that a graph is written for. */
export interface ImageShape {
  /** All views counted. */
  readonly count: number
  readonly height: number
  readonly width: number
}

/** Writes a network from its images to its last feature map, layer by layer, in whatever way `layout` writes layers. */
export function emitNetwork(spec: BackboneSpec, layout: MapLayout, images: ImageShape): GraphMap {
  const { stem, blocks } = networkPlan(spec)
  const convolve = (input: GraphMap, plan: ConvolutionPlan, options: { relu: boolean; shortcut?: GraphMap }) =>
    layout.normalize(layout.convolve(input, plan), plan.batchNorm, options)

  let map = convolve(layout.images(images.count, images.height, images.width), stem, { relu: true })
  if (spec.stem.maxPool) map = layout.maxPool(map)
  for (const { convolutions, shortcut } of blocks) {
    let inner = map
    for (const plan of convolutions.slice(0, -1)) inner = convolve(inner, plan, { relu: true })
    const around =
      shortcut === 'identity'
        ? map
        : 'pad' in shortcut
          ? layout.padShortcut(map, shortcut.pad)
          : convolve(map, shortcut.projection, { relu: false })
    map = convolve(inner, convolutions.at(-1)!, { relu: true, shortcut: around })
  }
  return map
}
