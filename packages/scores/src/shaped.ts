import { defineScore, InvalidOptionError, type Score } from '@mode-ood/core'
import * as z from 'zod'
import { fitShaped, scoreShaped, type ShapedState } from './shaping/compose.ts'
import type { ShapedScore } from './shaping/shaping.ts'

/**
 * Any score of logits, on logits of shaped activations: what `react`, `vra`, `ashS`, `ashB`, `ashP`, `scale` and `dice` do for the
 * energy. The score fits on shaped logits if it learns.
 *
 * @throws InvalidOptionError for a score that needs other than logits.
 *
 * @example
 * const fitted = await shaped(maxLogit(), react({ percentile: 90 })).fit(trainingOutputs)
 */
export function shaped(score: Score<'logits'>, by: ShapedScore): ShapedScore {
  const { shaping } = by
  const other = (score.needs as readonly string[]).find((need) => need !== 'logits')
  if (other !== undefined) {
    throw new InvalidOptionError(`shaped: score "${score.name}" needs the ${other}, but only the logits are shaped`)
  }
  const name = `${shaping.name}+${score.name}`
  const definition = defineScore<'embedding' | 'head', ShapedState | undefined, z.ZodType<Record<string, unknown>>>({
    name,
    needs: ['embedding', 'head'],
    options: z.record(z.string(), z.unknown()),
    fitsOn: shaping.fit ? 'training' : score.fitsOn,
    ...((shaping.fit || score.needsFit) && { fit: (training) => fitShaped(name, score, shaping, training) }),
    score: (outputs, _, state) => scoreShaped(name, score, shaping, outputs, state),
  })
  return { ...definition({ ...shaping.options, ...score.options }), shaping }
}
