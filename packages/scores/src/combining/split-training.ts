import {
  createRandom,
  type Head,
  type Matrix,
  type Need,
  type TrainingBatch,
  type TrainingData,
  type Views,
} from '@mode-ood/core'

/** Training data in two parts, by chance. */
export interface SplitTraining<N extends Need> {
  readonly fitting: AsyncIterable<TrainingBatch<N>>
  readonly heldOut: AsyncIterable<TrainingBatch<N>>
}

/** Holds out a `share` of the images, chosen by the seed and the order of the images, the same in every pass. */
export function splitTraining<N extends Need>(
  training: TrainingData<N>,
  needs: readonly N[],
  share: number,
  seed: number,
): SplitTraining<N> {
  const part = (isHeldOut: boolean): AsyncIterable<TrainingBatch<N>> => ({
    async *[Symbol.asyncIterator]() {
      const random = createRandom(`held out ${seed}`)
      for await (const batch of training) {
        const rows: number[] = []
        for (let row = 0; row < batch.labels.length; row++) if (random.uniform() < share === isHeldOut) rows.push(row)
        yield selectRows(batch, needs, rows)
      }
    },
  })
  return { fitting: part(false), heldOut: part(true) }
}

function selectRows<N extends Need>(
  batch: TrainingBatch<N>,
  needs: readonly N[],
  rows: readonly number[],
): TrainingBatch<N> {
  const outputs = needs.map((need) => [need, selectOf(batch[need] as Matrix | Views | Head, rows)])
  return { ...Object.fromEntries(outputs), labels: Int32Array.from(rows, (row) => batch.labels[row]!) }
}

function selectOf(output: Matrix | Views | Head, rows: readonly number[]): Matrix | Views | Head {
  if ('weight' in output) return output
  const width = 'columns' in output ? output.columns : output.views * output.dimension
  const data = new Float32Array(rows.length * width)
  for (const [to, from] of rows.entries()) data.set(output.data.subarray(from * width, (from + 1) * width), to * width)
  return 'columns' in output ? { ...output, rows: rows.length, data } : { ...output, count: rows.length, data }
}
