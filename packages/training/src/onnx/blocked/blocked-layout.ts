import type { GraphLayout, MapOptions } from '../graph-layout.ts'
import type { MapLayout } from '../map-layout.ts'
import { planVariables } from '../plan-variables.ts'
import type { Tape } from '../tape.ts'
import { blockedDomain, createBlockedGraph } from './blocked-graph.ts'
import { convolve } from './convolve.ts'
import { filterForm, vectorForm } from './filter-form.ts'
import { globalAverage } from './global-average.ts'
import { declareImages } from './images.ts'
import { maxPool } from './max-pool.ts'
import { multiplyAdd } from './multiply-add.ts'
import { normalize } from './normalize.ts'
import { padShortcut } from './pad-shortcut.ts'
import { positions } from './positions.ts'
import { blockedRefusal } from './refusal.ts'

/**
 * Maps and filters in the blocks that onnxruntime's convolution kernels work on, from the images to the last map and back,
 * and between steps: see `MapExtents` and `filterForm`. Nothing is converted on the way.
 *
 * @param block of `probeBlockSize`.
 */
export function blockedLayout(block: number): GraphLayout {
  return {
    name: 'blocked',
    domains: { [blockedDomain]: 1 },
    refusal: blockedRefusal,
    variables(entries) {
      const first = entries.find(({ part }) => part === 'filter')
      return planVariables(entries, {
        shape: (length) => [1, block, 1, Math.ceil(length / block)],
        form(entry) {
          if (entry.part === 'filter') return filterForm(entry, entry === first, block)
          return entry.part === 'batchNorm' ? vectorForm(entry, block) : undefined
        },
      })
    },
    maps: (tape, options) => mapsOf(tape, options, block),
    multiplyAdd: (graph, terms, name) => multiplyAdd(graph, block, terms, name),
  }
}

function mapsOf(tape: Tape, options: MapOptions, block: number): MapLayout {
  const blocked = createBlockedGraph(tape, block)
  let first: string | undefined
  return {
    images(count, height, width) {
      const images = declareImages(blocked, count, height, width)
      first = images.name
      return images
    },
    convolve: (input, plan) => convolve(blocked, input, plan, input.name === first),
    normalize: (input, batchNorm, how) => normalize(blocked, input, batchNorm, options, how),
    maxPool: (input) => maxPool(blocked, input),
    padShortcut: (input, plan) => padShortcut(blocked, input, plan),
    globalAverage: (input) => globalAverage(blocked, input),
    positions: (input) => positions(blocked, input),
  }
}
