import type { GraphMap } from '../map-layout.ts'
import type { BlockedGraph } from './blocked-graph.ts'
import { graphShape, imageExtents } from './map-extents.ts'

/** Declares the network's input and gives it as a map with blocks of one channel. */
export function declareImages(blocked: BlockedGraph, count: number, height: number, width: number): GraphMap {
  const input = { name: blocked.graph.input('images', 'float32', [count, height, width, 3]), count, height, width }
  const images = { ...input, channels: 3 }
  const extents = imageExtents(images, blocked.block)
  const pixels = imagePixels(blocked, images)
  const byChannel = blocked.permute(pixels, [extents.groups, height * width, 3, blocked.block], [0, 2, 1, 3])
  return { ...images, name: blocked.reshape(byChannel, graphShape(extents, blocked.block)) }
}

/** The input as [groups][height][width][3][B images], zero images filling up the last group. */
export function imagePixels(blocked: BlockedGraph, images: GraphMap): string {
  const { count, height, width } = images
  const { block } = blocked
  const { groups } = imageExtents(images, block)
  const numbers = height * width * 3
  return blocked.once('pixels of the images', () => {
    const missing = groups * block - count
    const flat = () => blocked.reshape('images', [count, numbers])
    const whole = missing === 0 ? 'images' : blocked.node('Pad', flat(), blocked.integers([0, 0, missing, 0]))
    return blocked.swapLast(whole, groups, numbers)
  })
}
