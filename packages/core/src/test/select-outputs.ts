import type { ModelOutputs } from '../model-outputs.ts'

/** The outputs of the images at `rows`, in that order, copied. */
export function selectOutputs(outputs: ModelOutputs, rows: readonly number[]): ModelOutputs {
  const { logits, embedding, views, head } = outputs
  const select = (data: Float32Array, width: number) => {
    const selected = new Float32Array(rows.length * width)
    for (const [to, from] of rows.entries()) selected.set(data.subarray(from * width, (from + 1) * width), to * width)
    return selected
  }
  return {
    logits: { ...logits, rows: rows.length, data: select(logits.data, logits.columns) },
    embedding: { ...embedding, rows: rows.length, data: select(embedding.data, embedding.columns) },
    views: { ...views, count: rows.length, data: select(views.data, views.views * views.dimension) },
    head,
  }
}
