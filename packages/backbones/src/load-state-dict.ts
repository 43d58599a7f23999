import { type Head, InvalidFileError, type StateDict } from '@mode-ood/core'
import { architectures, backboneSpec } from './architectures.ts'
import type { BackboneSpec } from './backbone-spec.ts'
import { canonicalNames, type CanonicalNames, type NamedTensor } from './canonical-names.ts'
import { networkPlan } from './network-plan.ts'
import { stateDictEntries, type StateDictEntry } from './state-dict-entries.ts'

/** A network's weights, checked: every tensor of the spec is there, of the right shape and finite. */
export interface BackboneWeights {
  /** Values by the names of `stateDictEntries`, classifier left out; PyTorch's layout, not copied where already float32. */
  readonly tensors: ReadonlyMap<string, Float32Array>
  /** The classifier; absent when it was declined with `logits: false`. */
  readonly head: Head | undefined
  /** Tensors in the file that inference does not use: those of a projection head, a declined classifier. */
  readonly unused: readonly string[]
}

export interface LoadOptions {
  /** The path that errors name. */
  readonly file?: string
  /** The number of classes the classifier must have; without it any. */
  readonly classes?: number
  /** `false` for an encoder without classifier, such as a SupCon checkpoint; `true` by default. */
  readonly logits?: boolean
}

/**
 * Fits the tensors of a checkpoint to a spec, strictly. The prefixes `module.`, `encoder.` and `backbone.` are
 * recognised, the classifier may be called `linear` or `fc`, `num_batches_tracked` is ignored, and so is SupCon's
 * projection head (`head.*`), which is of no use after training.
 *
 * @throws InvalidFileError naming in one sentence every tensor that is missing, extra or of another shape (the first few of
 * each), or the tensor that holds NaN, infinity or a negative variance, or the numbers of classes that differ.
 */
export function loadStateDict(spec: BackboneSpec, tensors: StateDict, options: LoadOptions = {}): BackboneWeights {
  const { file = 'checkpoint', classes, logits = true } = options
  const names = canonicalNames(spec, tensors, file)
  const found = names.tensors.get(`${spec.headName}.weight`)?.tensor.shape
  const present = found?.length === 2 ? found[0]! : undefined
  const mismatch = compare(names.tensors, stateDictEntries(spec, { classes: present ?? classes ?? 1 }), spec, logits)
  if (mismatch.length > 0) throw new InvalidFileError(file, mismatchMessage(spec, names, mismatch, logits))
  if (logits && classes !== undefined && present !== classes) {
    throw new InvalidFileError(file, `has a classifier for ${present} classes, but the model is to have ${classes}`)
  }
  const values = new Map<string, Float32Array>()
  for (const { name } of stateDictEntries(spec)) values.set(name, checkedValues(names.tensors.get(name)!, name, file))
  const classifier = !logits ? undefined : loadHead(spec, names, file)
  const declined = !logits ? headNames(spec).flatMap((name) => names.tensors.get(name)?.found ?? []) : []
  return { tensors: values, head: classifier, unused: [...names.projectionHead, ...declined] }
}

function loadHead(spec: BackboneSpec, names: CanonicalNames, file: string): Head {
  const [weight, bias] = headNames(spec).map((name) => checkedValues(names.tensors.get(name)!, name, file))
  return { weight: { rows: bias!.length, columns: networkPlan(spec).dimension, data: weight! }, bias: bias! }
}

function headNames(spec: BackboneSpec): string[] {
  return [`${spec.headName}.weight`, `${spec.headName}.bias`]
}

const shown = 5

/** Sentences' parts on what differs: missing, extra and misshapen tensors; empty when all fits. */
function compare(
  tensors: ReadonlyMap<string, NamedTensor>,
  entries: readonly StateDictEntry[],
  spec: BackboneSpec,
  logits: boolean,
): string[] {
  const optional = new Set(!logits ? headNames(spec) : [])
  const expected = new Map(entries.map(({ name, shape }) => [name, shape]))
  const missing = entries.filter(({ name }) => !tensors.has(name) && !optional.has(name))
  const extra = [...tensors].filter(([name]) => !expected.has(name))
  const misshapen = [...tensors].flatMap(([name, { found, tensor }]) => {
    const shape = expected.get(name)
    return shape === undefined || optional.has(name) || sameShape(shape, tensor.shape) ? [] : [{ found, tensor, shape }]
  })
  return [
    ...list(
      'missing',
      missing.map(({ name, shape }) => `${name} ${format(shape)}`),
    ),
    ...list(
      'not part of it',
      extra.map(([, { found, tensor }]) => `${found} ${format(tensor.shape)}`),
    ),
    ...list(
      'of another shape',
      misshapen.map(({ found, tensor, shape }) => `${found} is ${format(tensor.shape)} instead of ${format(shape)}`),
    ),
  ]
}

function list(what: string, items: readonly string[]): string[] {
  if (items.length === 0) return []
  const rest = items.length > shown ? ` and ${items.length - shown} more` : ''
  return [
    `${items.length} ${items.length === 1 ? 'tensor' : 'tensors'} ${what} (${items.slice(0, shown).join('; ')}${rest})`,
  ]
}

function mismatchMessage(spec: BackboneSpec, names: CanonicalNames, parts: readonly string[], logits: boolean): string {
  const message = `does not fit ${spec.name}: ${parts.join(', ')}`
  const fits = (other: BackboneSpec, otherLogits: boolean) => {
    const renamed = canonicalNames(
      other,
      new Map([...names.tensors].map(([name, { tensor }]) => [name, tensor])),
      '',
    ).tensors
    const classes = renamed.get(`${other.headName}.bias`)?.tensor.shape[0] ?? 1
    return compare(renamed, stateDictEntries(other, { classes }), other, otherLogits).length === 0
  }
  if (logits && fits(spec, false))
    return `${message}; it is an encoder without classifier, which opens with logits: false`
  const other = architectures.find((name) => fits(backboneSpec(name), false))
  return other === undefined ? message : `${message}; it fits ${other}`
}

/** The values of a tensor as float32. @throws InvalidFileError for numbers that no network can have. */
function checkedValues({ found, tensor }: NamedTensor, name: string, file: string): Float32Array {
  if (tensor.dtype === 'I64' || tensor.dtype === 'I32' || tensor.dtype === 'U8') {
    throw new InvalidFileError(file, `tensor ${found} holds integers (${tensor.dtype}), but weights are floats`)
  }
  const values = tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(tensor.data)
  const variance = name.endsWith('running_var')
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (Number.isFinite(value) && !(variance && value < 0)) continue
    throw new InvalidFileError(
      file,
      `tensor ${found} holds ${value} at element ${i}, which is no ${variance ? 'variance' : 'weight'}`,
    )
  }
  return values
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i])
}

function format(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}
