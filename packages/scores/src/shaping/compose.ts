import type { Head, Matrix, Score, Scores, TrainingBatch, TrainingData } from '@mode-ood/core'
import { repeatable } from '../statistics/repeatable.ts'
import { shapedLogits } from './shaped-logits.ts'
import type { Shaping } from './shaping.ts'

/** What a shaping has learnt, and what the score behind it has. */
export interface ShapedState {
  readonly shaping: unknown
  readonly score: unknown
}

type Outputs = { readonly embedding: Matrix; readonly head: Head }
type Training = TrainingData<'embedding' | 'head'>

/** Fits a shaping, and then, in another pass, the score on the shaped logits, each if it learns. */
export async function fitShaped(
  name: string,
  score: Score<'logits'>,
  shaping: Shaping,
  training: Training,
): Promise<ShapedState> {
  const data = shaping.fit && score.needsFit ? repeatable(name, training) : training
  const state = await shaping.fit?.(data)
  if (!score.needsFit) return { shaping: state, score: undefined }
  const fitted = await score.fit(shapeTraining(name, data, shaping, state))
  return { shaping: state, score: fitted.state }
}

/** The score of shaped logits. */
export function scoreShaped(
  name: string,
  score: Score<'logits'>,
  shaping: Shaping,
  outputs: Outputs,
  state: ShapedState | undefined,
): Promise<Scores> {
  const logits = shapedLogits(name, outputs, shaping, state?.shaping)
  return score.needsFit ? score.restore(state?.score).score({ logits }) : score.score({ logits })
}

function shapeTraining(
  name: string,
  training: Training,
  shaping: Shaping,
  state: unknown,
): AsyncIterable<TrainingBatch<'logits'>> {
  return {
    async *[Symbol.asyncIterator]() {
      for await (const batch of training) {
        yield { logits: shapedLogits(name, batch, shaping, state), labels: batch.labels }
      }
    },
  }
}
