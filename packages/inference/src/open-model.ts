import { availableParallelism } from 'node:os'
import { type Architecture, architectures, type OutputName } from '@mode-ood/backbones'
import { InvalidOptionError } from '@mode-ood/core'
import * as z from 'zod'
import { createModel } from './create-model.ts'
import type { ImageSize, Model } from './model.ts'
import { openOnnx } from './onnx/open-onnx.ts'
import { openCheckpoint } from './open-checkpoint.ts'

interface CommonOptions {
  /** The number of classes the model must have; any without it. */
  readonly classes?: number
  /** Size of the images, a number for squares; what the architecture or the file says by default. */
  readonly inputSize?: number | ImageSize
  /** Worker threads; as many as there are cores by default, at most 16. Each holds its own copy of the weights. */
  readonly threads?: number
  /** Most images a worker takes at once; 64 by default. Results depend on it by rounding to float32 alone. */
  readonly chunkSize?: number
}

/** A known architecture with a checkpoint (.safetensors, .pt or .pth). */
export interface CheckpointModelOptions extends CommonOptions {
  readonly architecture: Architecture
  /** Path of the file; its kind is told by its content. */
  readonly checkpoint: string
  /** `false` opens an encoder without classifier, such as a SupCon checkpoint: embedding, feature map and views only. */
  readonly logits?: boolean
}

/** Any ONNX file that takes images. Tensors that are not named are searched for. */
export interface OnnxModelOptions extends CommonOptions {
  /** Path of the file. */
  readonly onnx: string
  /** The tensor before softmax; the last linear layer's by default, `false` for a model without classifier. */
  readonly logits?: string | false
  /** The pooled vector; what enters the last linear layer by default. */
  readonly embedding?: string
  /** The last map; what the last global average pooling pools by default, `false` for a model without (no views then). */
  readonly featureMap?: string | false
}

export type OpenModelOptions = CheckpointModelOptions | OnnxModelOptions

/** What a model opened with the options `O` can give. */
export type OutputsUnder<O> = Exclude<
  OutputName,
  | (O extends { readonly logits: false } ? 'logits' : never)
  | (O extends { readonly featureMap: false } ? 'featureMap' | 'views' : never)
>

const size = z.int().positive()
const name = z.string().min(1)
const common = {
  classes: size.optional(),
  inputSize: z.union([size, z.strictObject({ height: size, width: size })]).optional(),
  threads: size.max(256).optional(),
  chunkSize: size.optional(),
}
const checkpointSchema = z.strictObject({
  ...common,
  architecture: z.enum(architectures as [Architecture, ...Architecture[]]),
  checkpoint: name,
  logits: z.boolean().optional(),
})
const onnxSchema = z.strictObject({
  ...common,
  onnx: name,
  logits: z.union([name, z.literal(false)]).optional(),
  embedding: name.optional(),
  featureMap: z.union([name, z.literal(false)]).optional(),
})

const mostThreads = 16

/**
 * Opens a model for inference on worker threads. Close it when done.
 *
 * @throws InvalidFileError for a file that is missing, torn or does not fit, naming the tensors that differ.
 * @throws InvalidOptionError for options that are unknown or wrong, and for tensors that are not in an ONNX file.
 * @example
 * const model = await openModel({ architecture: 'cifar-resnet20', checkpoint: 'resnet20.safetensors', classes: 10 })
 * const { logits, views } = await model.run(images, { outputs: ['logits', 'views'] })
 * await model.close()
 * @example
 * const model = await openModel({ onnx: 'classifier.onnx', inputSize: 224 })
 */
export async function openModel<const O extends OpenModelOptions>(options: O): Promise<Model<OutputsUnder<O>>> {
  const prepared =
    'onnx' in options
      ? await openOnnx(validate(onnxSchema, options))
      : await openCheckpoint(validate(checkpointSchema, options))
  const { threads = Math.min(availableParallelism(), mostThreads), chunkSize = 64 } = options
  return (await createModel(prepared, { threads, chunkSize })) as unknown as Model<OutputsUnder<O>>
}

type Validated<T> = Omit<T, 'inputSize'> & { readonly inputSize: ImageSize | undefined }

function validate<T extends { inputSize?: number | ImageSize | undefined }>(
  schema: z.ZodType<T>,
  options: unknown,
): Validated<T> {
  const result = schema.safeParse(options)
  if (!result.success) {
    const issue = result.error.issues[0]!
    const where = issue.path.length > 0 ? `option "${issue.path.join('.')}": ` : ''
    throw new InvalidOptionError(`openModel: ${where}${issue.message}`)
  }
  const { inputSize } = result.data
  const sides = typeof inputSize === 'number' ? { height: inputSize, width: inputSize } : inputSize
  return { ...result.data, inputSize: sides }
}
