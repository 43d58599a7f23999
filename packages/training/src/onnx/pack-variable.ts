import { partShape, sizeOf, type StateVariable } from './state-variable.ts'

/** Writes the tensors of a variable into its memory: `valuesOf` gives them as in the state dict, by name, or nothing for zeros. */
export function packVariable(
  { parts }: StateVariable,
  valuesOf: (name: string) => Float32Array | undefined,
  target: Float32Array,
): void {
  target.fill(0)
  for (const { entry, offset, form } of parts) {
    const values = valuesOf(entry.name)
    if (!values) continue
    if (form) form.toGraph(values, target.subarray(offset, offset + sizeOf(form.shape)))
    else target.set(values, offset)
  }
}

/** The tensors of a variable, copied out of its memory, as in the state dict. */
export function unpackVariable({ parts }: StateVariable, source: Float32Array): Map<string, Float32Array> {
  return new Map(
    parts.map((part) => {
      const piece = source.subarray(part.offset, part.offset + sizeOf(partShape(part)))
      if (!part.form) return [part.entry.name, piece.slice()]
      const values = new Float32Array(sizeOf(part.entry.shape))
      part.form.fromGraph(piece, values)
      return [part.entry.name, values]
    }),
  )
}
