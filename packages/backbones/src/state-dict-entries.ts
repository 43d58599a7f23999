import type { BackboneSpec } from './backbone-spec.ts'
import { networkPlan, planConvolutions } from './network-plan.ts'

/** A tensor's name and shape in PyTorch's layout: convolutions are [outputs, inputs, height, width]. */
export interface StateDictEntry {
  readonly name: string
  readonly shape: readonly number[]
}

/** The tensors of a batch normalisation, in PyTorch's order; `num_batches_tracked` is left out, inference and training have no use for it. */
const batchNormTensors = ['weight', 'bias', 'running_mean', 'running_var'] as const

/**
 * The state dict of a network: PyTorch's names and shapes in PyTorch's order.
 *
 * @param options.classes without it the classifier is left out.
 * @example stateDictEntries(backboneSpec('cifar-resnet20'), { classes: 10 })[0] // { name: 'conv1.weight', shape: [16, 3, 3, 3] }
 */
export function stateDictEntries(spec: BackboneSpec, options: { readonly classes?: number } = {}): StateDictEntry[] {
  const plan = networkPlan(spec)
  const entries: StateDictEntry[] = []
  for (const step of planConvolutions(plan)) {
    entries.push({ name: `${step.convolution}.weight`, shape: [step.outputs, step.inputs, step.kernel, step.kernel] })
    for (const tensor of batchNormTensors) entries.push({ name: `${step.batchNorm}.${tensor}`, shape: [step.outputs] })
  }
  if (options.classes === undefined) return entries
  return [
    ...entries,
    { name: `${spec.headName}.weight`, shape: [options.classes, plan.dimension] },
    { name: `${spec.headName}.bias`, shape: [options.classes] },
  ]
}
