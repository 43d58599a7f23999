import { availableParallelism } from 'node:os'
import { type Architecture, architectures, type OutputName } from '@mode-ood/backbones'
import { InvalidOptionError } from '@mode-ood/core'
import { z } from 'zod'
import { createModel } from './create-model.ts'
import type { ImageSize, Model } from './model.ts'
import { openCheckpoint } from './open-checkpoint.ts'

interface CommonOptions {
  /** Worker threads; as many as there are cores by default, at most 16. Each holds its own copy of the weights. */
  readonly threads?: number
  /** Most images a worker takes at once; 64 by default. Results do not depend on it. */
  readonly chunkSize?: number
}

/** A known architecture with a checkpoint (.safetensors, .pt or .pth). */
export interface CheckpointModelOptions extends CommonOptions {
  readonly architecture: Architecture
  /** Path of the file; its kind is told by its content. */
  readonly checkpoint: string
  /** The number of classes the checkpoint must have; any without it. */
  readonly classes?: number
  /** `false` opens an encoder without classifier: embedding, feature map and views only. */
  readonly logits?: boolean
  /** Size of the images, a number for squares; 32 for the CIFAR architectures and 224 for the ImageNet ones by default. */
  readonly inputSize?: number | ImageSize
}

/** What `openModel` can give under the options `O`. */
export type OutputsUnder<O> = Exclude<
  OutputName,
  | (O extends { readonly logits: false } ? 'logits' : never)
  | (O extends { readonly featureMap: false } ? 'featureMap' | 'views' : never)
>

export type OpenModelOptions = CheckpointModelOptions

const size = z.int().positive()
const common = {
  threads: size.optional(),
  chunkSize: size.optional(),
  inputSize: z.union([size, z.strictObject({ height: size, width: size })]).optional(),
}
const checkpointSchema = z.strictObject({
  ...common,
  architecture: z.enum(architectures as [Architecture, ...Architecture[]]),
  checkpoint: z.string().min(1),
  classes: size.optional(),
  logits: z.boolean().optional(),
})

const mostThreads = 16

/**
 * Opens a model for inference on worker threads. Close it when done.
 *
 * @throws InvalidFileError for a file that is missing, torn or does not fit, naming the tensors that differ.
 * @throws InvalidOptionError for options that are unknown or of the wrong kind.
 * @example
 * const model = await openModel({ architecture: 'cifar-resnet20', checkpoint: 'resnet20.safetensors', classes: 10 })
 * const { logits, views } = await model.run(images, { outputs: ['logits', 'views'] })
 * await model.close()
 */
export async function openModel<const O extends OpenModelOptions>(options: O): Promise<Model<OutputsUnder<O>>> {
  const {
    threads = Math.min(availableParallelism(), mostThreads),
    chunkSize = 64,
    ...rest
  } = parse(checkpointSchema, options)
  const prepared = await openCheckpoint({ ...rest, inputSize: square(rest.inputSize) })
  return (await createModel(prepared, { threads, chunkSize })) as unknown as Model<OutputsUnder<O>>
}

function square(side: number | ImageSize | undefined): ImageSize | undefined {
  return typeof side === 'number' ? { height: side, width: side } : side
}

function parse<T>(schema: z.ZodType<T>, options: unknown): T {
  const result = schema.safeParse(options)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const where = issue.path.length > 0 ? `option "${issue.path.join('.')}": ` : ''
  throw new InvalidOptionError(`openModel: ${where}${issue.message}`)
}
