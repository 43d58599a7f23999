import { networkPlan } from '@mode-ood/backbones'
import type { Images } from '@mode-ood/core'
import type { Evaluation } from '../trainer.ts'
import type { EvaluatedImages } from './engine/evaluate-images.ts'
import type { StepPlan } from './engine/step-plan.ts'

/** Puts together what the workers say of their parts of a batch, which are in order. */
export function assembleEvaluation(
  { spec, classes }: Pick<StepPlan, 'spec' | 'classes'>,
  { count, height, width }: Images,
  parts: readonly EvaluatedImages[],
): Evaluation {
  const channels = networkPlan(spec).dimension
  const strides = [spec.stem.stride, ...(spec.stem.maxPool ? [2] : []), ...spec.stages.map(({ stride }) => stride)]
  const shrink = (extent: number) => strides.reduce((size, stride) => Math.ceil(size / stride), extent)
  const map = { count, height: shrink(height), width: shrink(width), channels }
  const logits = parts.flatMap((part) => part.logits ?? [])
  return {
    featureMap: { ...map, data: joined(parts.map(({ featureMap }) => featureMap)) },
    embedding: { rows: count, columns: channels, data: joined(parts.map(({ embedding }) => embedding)) },
    logits: logits.length > 0 ? { rows: count, columns: classes, data: joined(logits) } : undefined,
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}
