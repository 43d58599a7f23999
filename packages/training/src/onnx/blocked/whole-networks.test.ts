import { type Architecture, backboneSpec, type BackboneSpec } from '@mode-ood/backbones'
import { createRandom } from '@mode-ood/core'
import { relativeError, tolerance } from '@mode-ood/testing'
import { Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { initialState } from '../../initial-state.ts'
import { trainingEntries } from '../../training-entries.ts'
import { emitEvaluationGraph } from '../emit-evaluation-graph.ts'
import type { GraphLayout } from '../graph-layout.ts'
import { plainLayout } from '../plain/plain-layout.ts'
import { runGraph } from '../run-graph.test.fixture.ts'
import { blockedLayout } from './blocked-layout.ts'
import { probeBlockSize } from './block-size.ts'

const classes = 5
const count = 9
const blocked = blockedLayout((await probeBlockSize())!)

/** An architecture with fewer channels, blocks and stages: every kind of layer, in seconds. */
function thinned(name: Architecture, stages: number): BackboneSpec {
  const spec = backboneSpec(name)
  const thinner = spec.stem.channels / (name === 'cifar-resnet20' ? 4 : 8)
  return {
    ...spec,
    stem: { ...spec.stem, channels: thinner },
    stages: Array.from({ length: stages }, (_, i) => ({ blocks: 2, width: thinner * 2 ** i, stride: i === 0 ? 1 : 2 })),
    inputSize: spec.stem.maxPool ? 32 : 8,
  }
}

describe.each([
  ['cifar-resnet20', 3, 7],
  ['cifar-resnet18', 3, 14],
  ['cifar-resnet50', 3, 21],
  ['resnet18', 3, 11],
  ['resnet50', 2, 4],
] as const)('%s', (name, stages, seed) => {
  const spec = thinned(name, stages)
  const side = spec.inputSize
  const entries = trainingEntries(spec, { classes })
  const state = new Map([...initialState(entries, seed)].map(([key, { data }]) => [key, data as Float32Array]))
  const random = createRandom(seed)
  const pixels = Float32Array.from({ length: count * side * side * 3 }, random.normal)
  const feeds = {
    images: new Tensor('float32', pixels, [count, side, side, 3]),
  }
  const given = (layout: GraphLayout) => {
    const variables = layout.variables(entries)
    return { spec, classes, layout, variables, images: { count, height: side, width: side } }
  }

  test('evaluates as plain operators do', async () => {
    const [expected, found] = await Promise.all(
      [plainLayout, blocked].map((layout) => {
        const options = given(layout)
        return runGraph(emitEvaluationGraph(options), options.variables, { feeds, state })
      }),
    )
    for (const output of ['logits', 'embedding', 'featureMap']) {
      expect(relativeError(found!.output(output), expected!.output(output)), output).toBeLessThan(tolerance.float32)
    }
  })
})
