import { type Architecture, backboneSpec, emitInference, loadStateDict, type OutputName } from '@mode-ood/backbones'
import type { ImageSize } from './model.ts'
import type { PreparedModel } from './prepared-model.ts'
import { readCheckpoint } from './read-checkpoint.ts'

export interface CheckpointOptions {
  readonly architecture: Architecture
  readonly checkpoint: string
  readonly classes?: number | undefined
  readonly logits?: boolean | undefined
  readonly inputSize?: ImageSize | undefined
}

/** Reads a checkpoint, fits it to its architecture and writes the graph that is run. */
export async function openCheckpoint(options: CheckpointOptions): Promise<PreparedModel> {
  const { architecture, checkpoint, classes, logits = true } = options
  const spec = backboneSpec(architecture)
  const { inputSize = { height: spec.inputSize, width: spec.inputSize } } = options
  const tensors = await readCheckpoint(checkpoint)
  const weights = loadStateDict(spec, tensors, {
    file: checkpoint,
    logits,
    ...(classes !== undefined && { classes }),
  })
  const encoder: OutputName[] = ['embedding', 'featureMap', 'views']
  const outputs: OutputName[] = logits ? ['logits', ...encoder] : encoder
  return {
    name: architecture,
    bytes: emitInference(spec, weights, { ...inputSize, outputs }),
    input: 'images',
    tensors: Object.fromEntries(outputs.map((name) => [name, name])),
    inputSize,
    head: weights.head,
  }
}
