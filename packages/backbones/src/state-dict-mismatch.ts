import { architectures, backboneSpec } from './architectures.ts'
import type { BackboneSpec } from './backbone-spec.ts'
import { canonicalNames, type CanonicalNames, type NamedTensor } from './canonical-names.ts'
import { stateDictEntries, type StateDictEntry } from './state-dict-entries.ts'

/** Stands for the number of classes where neither the file nor the caller says it. */
const anyNumber = Number.NaN

/** Tensors of a kind that an error lists. */
const shown = 5

/**
 * What keeps a checkpoint from fitting a spec, as the predicate of a sentence: tensors that are missing, extra or of another
 * shape, and what the file seems to be instead; `undefined` when all fit. The number of classes is taken as it is.
 */
export function stateDictMismatch(
  spec: BackboneSpec,
  { tensors }: CanonicalNames,
  { logits, classes }: { readonly logits: boolean; readonly classes?: number | undefined },
): string | undefined {
  const parts = differences(spec, tensors, logits, classes)
  if (parts.length === 0) return undefined
  const message = `does not fit ${spec.name}: ${parts.join(', ')}`
  if (logits && !tensors.has(`${spec.headName}.weight`) && differences(spec, tensors, false).length === 0) {
    return `${message}; it is an encoder without classifier: say logits: false to open it as one`
  }
  const other = architectures.find((name) => fits(backboneSpec(name), tensors))
  return other === undefined || other === spec.name ? message : `${message}; it fits ${other}`
}

function fits(spec: BackboneSpec, tensors: ReadonlyMap<string, NamedTensor>): boolean {
  const plain = new Map([...tensors].map(([name, { tensor }]) => [name, tensor]))
  return differences(spec, canonicalNames(spec, plain, '').tensors, false).length === 0
}

function differences(
  spec: BackboneSpec,
  tensors: ReadonlyMap<string, NamedTensor>,
  logits: boolean,
  classes?: number,
): string[] {
  const present = tensors.get(`${spec.headName}.weight`)?.tensor.shape
  const entries = stateDictEntries(spec, { classes: (present?.length === 2 ? present[0] : classes) ?? anyNumber })
  const expected = new Map(entries.map(({ name, shape }) => [name, shape]))
  const isDeclined = (name: string) => !logits && name.startsWith(`${spec.headName}.`)
  const missing = entries.filter(({ name }) => !tensors.has(name) && !isDeclined(name))
  const extra = [...tensors].filter(([name]) => !expected.has(name))
  const misshapen = entries.flatMap(({ name, shape }) => {
    const given = tensors.get(name)
    return !given || isDeclined(name) || sameShape(shape, given.tensor.shape) ? [] : [{ ...given, shape }]
  })
  const shapeOf = ({ tensor }: NamedTensor) => format(tensor.shape)
  return [
    ...list('missing', missing, ({ name, shape }: StateDictEntry) => `${name} ${format(shape)}`),
    ...list('not part of it', extra, ([, given]) => `${given.found} ${shapeOf(given)}`),
    ...list(
      'of another shape',
      misshapen,
      (given) => `${given.found} is ${shapeOf(given)} instead of ${format(given.shape)}`,
    ),
  ]
}

function list<T>(what: string, items: readonly T[], describe: (item: T) => string): string[] {
  if (items.length === 0) return []
  const named = items.slice(0, shown).map((item) => describe(item))
  const rest = items.length > shown ? ` and ${items.length - shown} more` : ''
  return [`${items.length} ${items.length === 1 ? 'tensor' : 'tensors'} ${what} (${named.join('; ')}${rest})`]
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i])
}

function format(shape: readonly number[]): string {
  return `[${shape.map((extent) => (Number.isNaN(extent) ? 'classes' : extent)).join(', ')}]`
}
