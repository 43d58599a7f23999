import type { Images } from '@mode-ood/core'
import { Tensor } from 'onnxruntime-node'
import { emitEvaluationGraph } from '../emit-evaluation-graph.ts'
import { run, type StepContext } from './step-runner.ts'

/** Outputs in evaluation mode for a run of images, row-major. */
export interface EvaluatedImages {
  /** [count, classes]; absent where the network has no classifier. */
  readonly logits?: Float32Array<ArrayBuffer>
  /** [count, channels]. */
  readonly embedding: Float32Array<ArrayBuffer>
  /** [count, height, width, channels]. */
  readonly featureMap: Float32Array<ArrayBuffer>
}

/** Images that a graph takes at once: more save no time. */
const largestChunk = 64

/**
 * Runs the network in evaluation mode, in chunks of one size whatever the count, the last one filled up: images do not
 * influence each other, and every size would be a graph of its own.
 */
export async function evaluateImages(context: StepContext, images: Images): Promise<EvaluatedImages> {
  const { plan, layout, variables, sessions } = context
  const { count, height, width, data } = images
  const chunk = Math.min(largestChunk, 2 ** Math.ceil(Math.log2(Math.max(1, count))))
  const emit = () =>
    emitEvaluationGraph({
      spec: plan.spec,
      classes: plan.hasClassifier ? plan.classes : undefined,
      layout,
      variables,
      images: { count: chunk, height, width },
    })
  const session = await sessions.get(`evaluation ${chunk} x ${height} x ${width}`, chunk, emit)
  const found = new Map<string, Float32Array<ArrayBuffer>>()
  const imageLength = height * width * 3
  for (let start = 0; start < count; start += chunk) {
    const here = Math.min(chunk, count - start)
    const part = data.subarray(start * imageLength, (start + here) * imageLength)
    const pixels = here === chunk ? part : filled(part, chunk * imageLength)
    const outputs = await run(context, session, { images: new Tensor('float32', pixels, [chunk, height, width, 3]) })
    for (const [name, output] of Object.entries(outputs)) {
      const values = output.data as Float32Array
      const length = values.length / chunk
      if (!found.has(name)) found.set(name, new Float32Array(length * count))
      found.get(name)!.set(values.subarray(0, here * length), start * length)
    }
  }
  return Object.fromEntries(found) as unknown as EvaluatedImages
}

function filled(values: Float32Array, length: number): Float32Array {
  const all = new Float32Array(length)
  all.set(values)
  return all
}
