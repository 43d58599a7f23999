import type { Images } from '@mode-ood/core'
import type { EvaluatedImages } from '../onnx/engine/evaluate-images.ts'
import type { GradientContext } from './compute-gradients.ts'
import { forward } from './forward.ts'

/** Images that run at once: more would fill the memory, and save no time. */
const chunk = 128

/** Runs the network in evaluation mode, chunk by chunk. */
export async function evaluate(context: GradientContext, images: Images): Promise<EvaluatedImages[]> {
  const { count, height, width, data } = images
  const parts: EvaluatedImages[] = []
  for (let start = 0; start < count; start += chunk) {
    const end = Math.min(start + chunk, count)
    const length = height * width * 3
    parts.push(
      await evaluateChunk(context, {
        count: end - start,
        height,
        width,
        data: data.subarray(start * length, end * length),
      }),
    )
  }
  return parts
}

async function evaluateChunk({ tf, spec, variables }: GradientContext, images: Images): Promise<EvaluatedImages> {
  const { count, height, width, data } = images
  const outputs = tf.tidy(() => {
    const pixels = tf.tensor4d(data, [count, height, width, 3])
    return { ...forward(tf, spec, pixels, { tensor: (name) => variables.get(name)?.value }) }
  })
  try {
    const read = async (name: keyof typeof outputs) => {
      const values = (await outputs[name]?.data()) as Float32Array<ArrayBuffer> | undefined
      // The backend may hand out its own memory.
      return values?.slice()
    }
    const [logits, embedding, featureMap] = await Promise.all([read('logits'), read('embedding'), read('featureMap')])
    return { embedding: embedding!, featureMap: featureMap!, ...(logits && { logits }) }
  } finally {
    tf.dispose(outputs as never)
  }
}
