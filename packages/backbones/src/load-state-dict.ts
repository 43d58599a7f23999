import { type Head, InvalidFileError, type StateDict } from '@mode-ood/core'
import type { BackboneSpec } from './backbone-spec.ts'
import { canonicalNames, type CanonicalNames, type NamedTensor } from './canonical-names.ts'
import { networkPlan } from './network-plan.ts'
import { stateDictEntries } from './state-dict-entries.ts'
import { stateDictMismatch } from './state-dict-mismatch.ts'

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
  const mismatch = stateDictMismatch(spec, names, { logits, classes })
  if (mismatch !== undefined) throw new InvalidFileError(file, mismatch)
  const values = new Map<string, Float32Array>()
  for (const { name } of stateDictEntries(spec)) values.set(name, checkedValues(names.tensors.get(name)!, name, file))
  if (!logits) {
    const declined = headNames(spec).flatMap((name) => names.tensors.get(name)?.found ?? [])
    return { tensors: values, head: undefined, unused: [...names.projectionHead, ...declined] }
  }
  const head = loadHead(spec, names, file)
  if (classes !== undefined && classes !== head.weight.rows) {
    throw new InvalidFileError(
      file,
      `has a classifier for ${head.weight.rows} classes, but the model is to have ${classes}`,
    )
  }
  return { tensors: values, head, unused: names.projectionHead }
}

function loadHead(spec: BackboneSpec, names: CanonicalNames, file: string): Head {
  const [weight, bias] = headNames(spec).map((name) => checkedValues(names.tensors.get(name)!, name, file))
  return { weight: { rows: bias!.length, columns: networkPlan(spec).dimension, data: weight! }, bias: bias! }
}

/** Names of the classifier's tensors. */
function headNames(spec: BackboneSpec): string[] {
  return [`${spec.headName}.weight`, `${spec.headName}.bias`]
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
