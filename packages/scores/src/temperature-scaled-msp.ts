import { defineScore, InvalidInputError, matrixRow, type ScoreDefinition, type TrainingData } from '@mode-ood/core'
import { perRow } from './per-row.ts'
import { softmax } from './softmax.ts'
import { repeatable } from './statistics/repeatable.ts'

/** Temperatures looked at: where the likelihood grows towards an end of this range, the end is taken. */
const range = { lowest: 0.01, highest: 100 }

/** Halving the bracket alone would need fewer. */
const mostSteps = 100

/**
 * Maximum softmax probability after temperature scaling: max softmax(l / T). T is where the mean negative log-likelihood of
 * labelled ID images that the model was not trained on is least. On training images T comes out too low, as the model is too
 * sure of them.
 *
 * Fitting goes through the images some ten times (Newton's method, one pass a step), and keeps T alone.
 *
 * Guo et al., "On Calibration of Modern Neural Networks", ICML 2017; as a score, Liang, Li and Srikant, ICLR 2018.
 */
export const temperatureScaledMsp: ScoreDefinition<'logits', Record<string, never>> = defineScore({
  name: 'temperature-scaled-msp',
  needs: ['logits'],
  fitsOn: 'validation',
  fit: async (validation) => ({ temperature: await bestTemperature(validation) }),
  score: ({ logits }, _, { temperature }) => perRow(logits, (row) => Math.max(...softmax(row, temperature))),
})

/** Newton's method on the inverse temperature b, in which the likelihood is convex; halves the bracket where a step leaves it. */
async function bestTemperature(validation: TrainingData<'logits'>): Promise<number> {
  const data = repeatable('temperature-scaled-msp', validation)
  let b = 1
  let { slope, curvature } = await likelihood(data, b)
  if (slope === 0) return 1
  const end = 1 / (slope < 0 ? range.lowest : range.highest)
  const atEnd = await likelihood(data, end)
  if (Math.sign(atEnd.slope) !== -Math.sign(slope)) return 1 / end
  let [low, high] = slope < 0 ? [b, end] : [end, b]
  for (let step = 0; step < mostSteps; step++) {
    if (slope > 0) high = b
    else low = b
    const newton = b - slope / curvature
    const next = newton > low && newton < high ? newton : Math.sqrt(low * high)
    const isSettled = Math.abs(next - b) <= 1e-14 * b || high - low <= 1e-14 * high
    b = next
    if (isSettled) break
    ;({ slope, curvature } = await likelihood(data, b))
  }
  return 1 / b
}

/** Mean first and second derivative of the negative log-likelihood in the inverse temperature. */
async function likelihood(
  validation: TrainingData<'logits'>,
  inverseTemperature: number,
): Promise<{ slope: number; curvature: number }> {
  let count = 0
  let slope = 0
  let curvature = 0
  for await (const { logits, labels } of validation) {
    for (const [row, label] of labels.entries()) {
      const l = matrixRow(logits, row)
      if (label < 0 || label >= l.length) {
        throw new InvalidInputError(
          `score "temperature-scaled-msp": an image has the label ${label}, but the model has ${l.length} classes`,
        )
      }
      const own = l[label]!
      const p = softmax(l, 1 / inverseTemperature)
      // Relative to the label's logit, so that sure predictions lose no digits.
      let mean = 0
      for (let c = 0; c < l.length; c++) mean += p[c]! * (l[c]! - own)
      for (let c = 0; c < l.length; c++) curvature += p[c]! * (l[c]! - own - mean) ** 2
      slope += mean
      count++
    }
  }
  if (count === 0)
    throw new InvalidInputError('score "temperature-scaled-msp" learns from ID images, and there are none')
  return { slope: slope / count, curvature: curvature / count }
}
