import { InvalidInputError } from '@mode-ood/core'
import type { DetectorParts } from './detector.ts'
import type { BatchOutputs, DetectorImages, DetectorOutput } from './detector-model.ts'

/** What the score needs of the model for these images, and the logits where there are any. */
export async function runModel(
  { model, score, preprocessing }: Pick<DetectorParts, 'model' | 'score' | 'preprocessing'>,
  images: DetectorImages,
): Promise<BatchOutputs> {
  if (!model) throw new InvalidInputError('this detector has no model: give it outputs computed elsewhere')
  const wanted = new Set<string>([...(model.outputs.includes('logits') ? ['logits'] : []), ...score.needs])
  wanted.delete('head')
  const outputs = [...wanted] as DetectorOutput[]
  const { count, height, width, data } = images
  if (data instanceof Float32Array)
    return { ...(await model.run({ count, height, width, data }, { outputs })), ...headOf(model) }
  if (!preprocessing) {
    throw new InvalidInputError('images are bytes, but this detector was fitted without preprocessing: normalise them')
  }
  const { mean, std } = preprocessing
  const bytes = { count, height, width, data, normalization: { mean, std } }
  return { ...(await model.run(bytes, { outputs })), ...headOf(model) }
}

const headOf = ({ head }: { readonly head: BatchOutputs['head'] | undefined }): BatchOutputs => (head ? { head } : {})
