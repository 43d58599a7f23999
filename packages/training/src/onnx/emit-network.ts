import { type BackboneSpec, type ConvolutionPlan, networkPlan } from '@mode-ood/backbones'
import type { GraphMap, MapLayout } from './map-layout.ts'

/** Images that a graph is written for. */
export interface ImageShape {
  /** All views counted. */
  readonly count: number
  readonly height: number
  readonly width: number
}

/** The part of a network, from its stem on, that does not learn. */
export interface FrozenPart {
  /** One at least. */
  readonly stages: number
  /** Writes its layers: a layout in evaluation mode on the same graph. */
  readonly maps: MapLayout
  /** Gets the map that it ends in. */
  onEnd(map: GraphMap): void
}

/** Writes a network from its images to its last feature map, layer by layer, in whatever way `layout` writes layers. */
export function emitNetwork(spec: BackboneSpec, layout: MapLayout, images: ImageShape, frozen?: FrozenPart): GraphMap {
  const { stem, blocks } = networkPlan(spec)
  const frozenBlocks = frozen ? spec.stages.slice(0, frozen.stages).reduce((sum, stage) => sum + stage.blocks, 0) : 0
  let maps = frozen?.maps ?? layout
  const convolve = (input: GraphMap, plan: ConvolutionPlan, options: { relu: boolean; shortcut?: GraphMap }) =>
    maps.normalize(maps.convolve(input, plan), plan.batchNorm, options)

  let map = convolve(maps.images(images.count, images.height, images.width), stem, { relu: true })
  if (spec.stem.maxPool) map = maps.maxPool(map)
  for (const [number, { convolutions, shortcut }] of blocks.entries()) {
    let inner = map
    for (const plan of convolutions.slice(0, -1)) inner = convolve(inner, plan, { relu: true })
    const around =
      shortcut === 'identity'
        ? map
        : 'pad' in shortcut
          ? maps.padShortcut(map, shortcut.pad)
          : convolve(map, shortcut.projection, { relu: false })
    map = convolve(inner, convolutions.at(-1)!, { relu: true, shortcut: around })
    if (number + 1 === frozenBlocks) {
      frozen!.onEnd(map)
      maps = layout
    }
  }
  return map
}
