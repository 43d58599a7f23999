import type { OutputName } from '@mode-ood/backbones'
import { type Images, InvalidOptionError } from '@mode-ood/core'
import type { InferenceOutputs, Model, RunOptions } from './model.ts'

export interface RunBatchesOptions<Name extends OutputName> extends RunOptions<Name> {
  /** Batches under way at once; twice the model's threads by default. They and their results are held in memory. */
  readonly readAhead?: number
}

/** A batch as it came, with whatever it carries beside its pixels, and what the model says about it. */
export interface BatchOutputs<Batch, Name extends OutputName> {
  readonly batch: Batch
  readonly outputs: Pick<InferenceOutputs, Name>
}

/**
 * Runs a model over a stream of batches and yields the results in the order of the batches. Reading and decoding of later
 * batches goes on while the workers compute; at most `readAhead` batches are under way. A batch is passed through as it is,
 * so labels and names ride along. When the consumer stops early, the source is closed too.
 *
 * @throws whatever the source or `model.run` throws, in the batch's turn.
 * @example
 * for await (const { batch, outputs } of runBatches(model, batches, { outputs: ['embedding'] })) {
 *   await bank.add(outputs.embedding, batch.labels)
 * }
 */
export async function* runBatches<Batch extends Images, Name extends OutputName, const N extends Name = Name>(
  model: Pick<Model<Name>, 'run' | 'threads'>,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  options: RunBatchesOptions<N> = {},
): AsyncGenerator<BatchOutputs<Batch, N>, void, undefined> {
  const { readAhead = 2 * model.threads, ...runOptions } = options
  if (!Number.isSafeInteger(readAhead) || readAhead < 1) {
    throw new InvalidOptionError(`readAhead must be a positive whole number, but it is ${readAhead}`)
  }
  const underWay: Promise<BatchOutputs<Batch, N>>[] = []
  try {
    for await (const batch of batches) {
      const result = model.run<N>(batch, runOptions).then((outputs) => ({ batch, outputs }))
      // It is awaited in its turn; until then a rejection must not count as unhandled.
      result.catch(() => {})
      underWay.push(result)
      if (underWay.length >= readAhead) yield await underWay.shift()!
    }
    while (underWay.length > 0) yield await underWay.shift()!
  } finally {
    await Promise.allSettled(underWay)
  }
}
