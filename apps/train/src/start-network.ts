import { resolve } from 'node:path'
import { backboneSpec, loadStateDict, stateDictEntries } from '@mode-ood/backbones'
import { InvalidFileError, type StateDict, type Tensor } from '@mode-ood/core'
import { readCheckpoint } from '@mode-ood/inference'
import type { TrainingConfiguration } from './configuration-schema.ts'

/** A network to start from. */
export interface StartNetwork {
  readonly state: StateDict
  readonly hasClassifier: boolean
  /** What of the file was taken, for a person. */
  readonly coverage: string
}

/**
 * Reads the checkpoint that a configuration starts from, strictly: a network that is not complete is refused, so that none
 * is trained from random weights by mistake. The projection head of an earlier training is left behind.
 *
 * @returns null where the configuration starts from random weights.
 * @throws InvalidFileError for a checkpoint that is missing or does not fit, listing the tensors, and for the loss `alpa` or
 * frozen stages, which want one, without one.
 */
export async function startNetwork(
  { model, loss }: TrainingConfiguration,
  { file, directory }: { readonly file: string; readonly directory: string },
): Promise<StartNetwork | null> {
  const spec = backboneSpec(model.architecture)
  const { frozenStages = 0 } = model
  if (model.checkpoint === undefined) {
    const reason = loss.name === 'alpa' ? '"loss" alpa fine-tunes' : frozenStages > 0 && '"model.frozenStages" keeps'
    if (!reason) return null
    throw new InvalidFileError(file, `${reason} a network, so "model.checkpoint" must say which`)
  }
  if (frozenStages > spec.stages.length) {
    throw new InvalidFileError(
      file,
      `"model.frozenStages" is ${frozenStages}, but ${spec.name} has ${spec.stages.length} stages`,
    )
  }
  const path = resolve(directory, model.checkpoint)
  const tensors = await readCheckpoint(path)
  const hasClassifier = [...tensors.keys()].some((name) => /(^|\.)(linear|fc)\.weight$/.test(name))
  const loaded = loadStateDict(spec, tensors, { file: path, logits: hasClassifier, classes: model.classes })
  const state = new Map<string, Tensor>()
  for (const { name, shape } of stateDictEntries(spec, loaded.head ? { classes: model.classes } : {})) {
    const ofHead = name.endsWith('.bias') ? loaded.head?.bias : loaded.head?.weight.data
    state.set(name, { dtype: 'F32', shape, data: loaded.tensors.get(name) ?? ofHead! })
  }
  const left = loaded.unused.length > 0 ? `; left behind: ${loaded.unused.join(', ')}` : ''
  const classifier = loaded.head ? 'its classifier included' : 'it has no classifier'
  const frozen =
    frozenStages > 0 ? `; its stem and first ${frozenStages} of ${spec.stages.length} stages are frozen` : ''
  const coverage = `${model.checkpoint}: all ${loaded.tensors.size} tensors of ${spec.name} taken, ${classifier}${left}${frozen}`
  return { state, hasClassifier, coverage }
}
