import type { OutputName } from '@mode-ood/backbones'
import { type Images, InvalidOptionError, normalizedBytes } from '@mode-ood/core'
import { assembleOutput, emptyOutput } from './assemble-output.ts'
import { checkImages } from './check-images.ts'
import type { ByteImages, InferenceOutputs, Model } from './model.ts'
import type { PreparedModel } from './prepared-model.ts'
import type { SessionTensor } from './session-messages.ts'
import { openSessionPool, type SessionJob, type SessionPool } from './session-pool.ts'

/** How a batch is spread over the workers. */
export interface Spread {
  readonly threads: number
  /** Most images a worker takes at once. */
  readonly chunkSize: number
}

type Shapes = Readonly<Record<string, readonly number[]>>

/** Starts the workers of a prepared model and learns the shapes of its outputs from one black image. */
export async function createModel(prepared: PreparedModel, spread: Spread): Promise<Model> {
  const { name, bytes, input, tensors, inputSize, head } = prepared
  const available = Object.keys(tensors) as OutputName[]
  const pool = await openSessionPool({ model: bytes, input, threads: spread.threads, name })
  let shapes: Shapes
  try {
    shapes = await probe(pool, prepared)
  } catch (error) {
    await pool.close()
    throw error
  }
  return {
    name,
    inputSize,
    classes: shapes['logits']?.[0] ?? 0,
    dimension: shapes['embedding']?.[0] ?? 0,
    outputs: available,
    head,
    threads: spread.threads,
    async run(images, options = {}) {
      const outputs: readonly OutputName[] = options.outputs ?? available
      const unknown = outputs.find((output) => !available.includes(output))
      if (unknown !== undefined) {
        throw new InvalidOptionError(`${name} has no output "${unknown}": it has ${available.join(', ')}`)
      }
      checkImages(images, inputSize)
      const names = outputs.map((output) => tensors[output]!)
      const table = 'normalization' in images ? normalizedBytes(images.normalization) : undefined
      const chunks = planChunks(images.count, prepared, spread)
      const results = await Promise.all(chunks.map((chunk) => runChunk(pool, images, chunk, { outputs: names, table })))
      const assembled = outputs.map((output) => {
        const parts = results.map((result) => result[tensors[output]!]!.data)
        return [
          output,
          parts.length === 0 ? emptyOutput(output, shapes[output]!) : assembleOutput(output, parts, shapes[output]!),
        ]
      })
      return Object.fromEntries(assembled) as InferenceOutputs
    },
    close: () => pool.close(),
  }
}

/** Images `start`..`end` of a batch, sent as a batch of `size`, which exceeds their number where the graph fixes it. */
interface Chunk {
  readonly start: number
  readonly end: number
  readonly size: number
}

/** As equal as possible, so that no worker idles at the end, and none above the largest size. */
function planChunks(count: number, { fixedBatch }: PreparedModel, { threads, chunkSize }: Spread): Chunk[] {
  const perWorker = Math.ceil(count / threads)
  const length = fixedBatch ?? Math.max(1, Math.min(chunkSize, perWorker))
  return Array.from({ length: Math.ceil(count / length) }, (_, i) => {
    const start = i * length
    const end = Math.min(count, start + length)
    return { start, end, size: fixedBatch ?? end - start }
  })
}

async function runChunk(
  pool: SessionPool,
  { height, width, data }: Images | ByteImages,
  { start, end, size }: Chunk,
  job: Pick<SessionJob, 'outputs' | 'table'>,
): Promise<Record<string, SessionTensor>> {
  const pixels = height * width * 3
  const makeData = () => {
    const values = data.subarray(start * pixels, end * pixels)
    const copy = data instanceof Float32Array ? new Float32Array(size * pixels) : new Uint8Array(size * pixels)
    copy.set(values)
    return copy
  }
  const results = await pool.run({ ...job, makeData, shape: [size, height, width, 3] })
  if (size === end - start) return results
  const cut = Object.entries(results).map(([name, tensor]) => {
    const length = (tensor.data.length / size) * (end - start)
    return [name, { shape: tensor.shape, data: tensor.data.slice(0, length) }]
  })
  return Object.fromEntries(cut)
}

/** Shapes of all outputs for one image. */
async function probe(pool: SessionPool, { inputSize, tensors, fixedBatch = 1 }: PreparedModel): Promise<Shapes> {
  const { height, width } = inputSize
  const makeData = () => new Float32Array(fixedBatch * height * width * 3)
  const results = await pool.run({ makeData, shape: [fixedBatch, height, width, 3], outputs: Object.values(tensors) })
  return Object.fromEntries(Object.entries(tensors).map(([output, name]) => [output, results[name]!.shape.slice(1)]))
}
