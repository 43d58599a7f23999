import { InvalidFileError, type StateDict, type Tensor } from '@mode-ood/core'
import type { BackboneSpec } from './backbone-spec.ts'

/** What wrappers put in front of a network's own names, alone or one inside the other. */
const prefixes = /^(?:(?:module|encoder|backbone)\.)+/

/** A projection head as SupCon's code names it (`head.0.weight`, or `head.weight` of a linear one): used in training only. */
const projectionHead = /^(?:module\.)?head\.(?:\d+\.)?(?:weight|bias)$/

export interface NamedTensor {
  /** The name in the file. */
  readonly found: string
  readonly tensor: Tensor
}

export interface CanonicalNames {
  /** The network's tensors by their canonical names. */
  readonly tensors: Map<string, NamedTensor>
  /** Names in the file of tensors that belong to a projection head. */
  readonly projectionHead: readonly string[]
}

/**
 * Gives the tensors of a checkpoint the names of `stateDictEntries`: prefixes of wrappers dropped, the classifier called as
 * the spec calls it, counters of batches dropped, a projection head set apart.
 *
 * @throws InvalidFileError when two tensors end up with the same name.
 */
export function canonicalNames(spec: BackboneSpec, tensors: StateDict, file: string): CanonicalNames {
  const named = new Map<string, NamedTensor>()
  const apart: string[] = []
  for (const [found, tensor] of tensors) {
    if (found.endsWith('num_batches_tracked')) continue
    if (projectionHead.test(found)) {
      apart.push(found)
      continue
    }
    const name = found.replace(prefixes, '').replace(/^(?:linear|fc)\.(?=weight$|bias$)/, `${spec.headName}.`)
    const other = named.get(name)
    if (other) {
      throw new InvalidFileError(file, `both ${other.found} and ${found} could be the tensor ${name} of ${spec.name}`)
    }
    named.set(name, { found, tensor })
  }
  return { tensors: named, projectionHead: apart }
}
