import type { BackboneSpec } from '@mode-ood/backbones'
import { createRandom } from '@mode-ood/core'
import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { initialState } from '../../initial-state.ts'
import { optimizerOptionsSchema } from '../../optimizer-options.ts'
import { trainingEntries } from '../../training-entries.ts'
import { emitTrainingGraph } from '../emit-training-graph.ts'
import { sessionOptions } from '../engine/session-options.ts'
import { createVariableMemory } from '../engine/variable-memory.ts'
import type { GraphLayout } from '../graph-layout.ts'
import { crossEntropyEmitter } from '../losses/cross-entropy.ts'
import { plainLayout } from '../plain/plain-layout.ts'

/** The onnxruntime that the blocked layout was written for. */
const expectedRuntime = '1.30.0'

/** A network of one block that has every kind of node the blocked layout writes, of two groups of images and more than one block of channels. */
const spec: BackboneSpec = {
  name: 'self-test',
  stem: { kernel: 3, stride: 1, channels: 16, maxPool: false },
  block: 'basic',
  stages: [{ blocks: 1, width: 24, stride: 2 }],
  shortcut: 'projection',
  shortcutName: 'shortcut',
  headName: 'linear',
  inputSize: 6,
  batchNormEpsilon: 1e-5,
}
const classes = 3
const images = { count: 17, height: 6, width: 6 }
const learningRate = 0.1

/** Rounding makes about 1e-6; a wrong kernel makes more than 0.1. */
const tolerance = 1e-4

/**
 * Takes one step of a small network in a layout and with plain operators, and compares all weights, velocities and running
 * statistics.
 *
 * @returns what differs, in half a sentence, or `undefined` when nothing does. Takes a tenth of a second.
 */
export async function selfTest(layout: GraphLayout): Promise<string | undefined> {
  const runtime = env.versions.node ?? env.versions.common
  const where = runtime === expectedRuntime ? runtime : `${runtime}, made for ${expectedRuntime}`
  const failed = (what: string) => `its self-test failed on onnxruntime ${where}: ${what}`
  try {
    const expected = await stepOnce(plainLayout)
    const found = await stepOnce(layout)
    for (const [name, values] of expected) {
      const difference = relativeDifference(found.get(name)!, values)
      if (!(difference < tolerance))
        return failed(`${name} differs from plain operators' by ${difference.toPrecision(2)}`)
    }
    return undefined
  } catch (error) {
    return failed((error as Error).message)
  }
}

async function stepOnce(layout: GraphLayout): Promise<Map<string, Float32Array>> {
  const entries = trainingEntries(spec, { classes })
  const variables = layout.variables(entries)
  const graph = emitTrainingGraph({
    spec,
    classes,
    layout,
    variables,
    loss: crossEntropyEmitter({ labelSmoothing: 0 }),
    views: 1,
    images,
    optimizer: optimizerOptionsSchema.parse({ weightDecay: 0.01 }),
  })
  const memory = createVariableMemory(variables, { velocities: true, gradients: false })
  memory.write(new Map([...initialState(entries, 0)].map(([name, { data }]) => [name, data as Float32Array])))
  const random = createRandom(0)
  const { count, height, width } = images
  const pixels = Float32Array.from({ length: count * height * width * 3 }, random.normal)
  const given: Record<string, Tensor> = {
    images: new Tensor('float32', pixels, [count, height, width, 3]),
    labels: new Tensor(
      'int32',
      Int32Array.from({ length: count }, (_, i) => i % classes),
      [count],
    ),
    learningRate: new Tensor('float32', [learningRate], []),
  }
  const session = await InferenceSession.create(graph, sessionOptions(true))
  const feeds = session.inputNames.map((name) => [name, given[name] ?? memory.current(name)!] as const)
  const fetches = session.outputNames.map((name) => [name, memory.target(name) ?? null] as const)
  await session.run(Object.fromEntries(feeds), Object.fromEntries(fetches))
  memory.commit(session.outputNames)
  await session.release()
  return memory.read()
}

/** Norm of the difference by the norm of the expected values. */
function relativeDifference(found: Float32Array, expected: Float32Array): number {
  let [difference, norm] = [0, 0]
  for (const [i, value] of expected.entries()) {
    difference += (found[i]! - value) ** 2
    norm += value ** 2
  }
  return Math.sqrt(difference / norm)
}
