import { createGraph } from '@mode-ood/onnx-graph'
import { type AlpaOptions, lossOptionsSchema } from '../loss-options.ts'
import { alpaEmitter, alpaTensors } from './losses/alpa.ts'
import { createTape } from './tape.ts'

/** The maps that a graph of ALPA is made for. */
export interface AlpaGraphShape {
  /** Both views counted: view 1 of all images, then view 2 of all. */
  readonly count: number
  readonly height: number
  readonly width: number
  readonly channels: number
}

/**
 * ALPA with all its gradients as an ONNX model of its own: to time it, or to train with it in another runtime. It is what the
 * ONNX engine puts into a step.
 *
 * Inputs: `map` [count, height · width, channels], `labels` int32 [count / 2], and `alpa.query.w1` [channels, channels],
 * `alpa.query.w2` [channels, dimension], the same of `key` and `value`. Outputs: `loss` [] and `gradient.NAME` of `map` and
 * of the matrices.
 *
 * @throws ZodError for an option that is none.
 * @example const session = await InferenceSession.create(emitAlpaGraph({ count: 256, height: 4, width: 4, channels: 512 }))
 */
export function emitAlpaGraph(shape: AlpaGraphShape, options: Partial<AlpaOptions> = {}): Uint8Array<ArrayBuffer> {
  const { count, height, width, channels } = shape
  const parsed = lossOptionsSchema.parse({ name: 'alpa', alpa: options })
  if (parsed.name !== 'alpa') throw new TypeError(`parsed as ${parsed.name}`)
  const graph = createGraph({ name: 'alpa' })
  const map = { name: graph.input('map', 'float32', [count, height * width, channels]), height, width, channels }
  const labels = graph.input('labels', 'int32', [count / 2])
  const tensors = alpaTensors(channels, parsed.alpa.dimension)
  for (const { name, shape: extents } of tensors) graph.input(name, 'float32', extents)

  const tape = createTape(graph)
  const inputs = { count, views: 2, classes: 0, map, embedding: '', logits: '', labels } as const
  const { loss } = alpaEmitter(parsed.alpa)(tape, inputs)
  const give = (name: string, value: string, extents: readonly number[]) =>
    graph.output(graph.node('Identity', [value], {}, { name }), 'float32', extents)
  give('loss', loss, [])
  const gradients = tape.differentiate()
  give('gradient.map', gradients.get(map.name)!, [count, height * width, channels])
  for (const { name, shape: extents } of tensors) give(`gradient.${name}`, gradients.get(name)!, extents)
  return graph.encode()
}
