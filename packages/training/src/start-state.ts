import { type BackboneSpec, loadStateDict } from '@mode-ood/backbones'
import { InvalidInputError, type StateDict, type Tensor } from '@mode-ood/core'
import { initialState } from './initial-state.ts'
import { velocityName } from './onnx/step-names.ts'
import { stageOf, type TrainingEntry } from './training-entries.ts'

/** Values of tensors by their names in the state dict. */
export type StateValues = Map<string, Float32Array>

export interface StartStateOptions {
  readonly spec: BackboneSpec
  readonly entries: readonly TrainingEntry[]
  /** Of tensors that the state does not bring. */
  readonly seed: number
  /** Whether learnt tensors have velocities. */
  readonly velocities: boolean
}

/** Whether a state has the classifier of a network. */
export function hasClassifier(state: StateDict): boolean {
  return [...state.keys()].some((name) => /(^|\.)(linear|fc)\.weight$/.test(name))
}

/**
 * Everything that a trainer begins with. Of a state it takes the network, which must be complete (wrappers' prefixes are
 * dropped, counters of batches ignored), the classifier, the loss's tensors and the velocities of every stage; each of these
 * begins as in a new trainer where the state has none of it.
 *
 * @throws InvalidFileError that lists what the network lacks, what does not fit or belongs to nothing.
 * @throws InvalidInputError for a loss's tensors or velocities that are incomplete or of another shape.
 */
export function startState(state: StateDict | undefined, options: StartStateOptions): StateValues {
  const values = state ? givenValues(state, options) : new Map<string, Float32Array>()
  const missing = options.entries.filter(({ name }) => !values.has(name))
  for (const [name, { data }] of initialState(missing, options.seed)) values.set(name, data as Float32Array)
  return values
}

function givenValues(state: StateDict, { spec, entries, velocities }: StartStateOptions): StateValues {
  const values: StateValues = new Map()
  const ofLoss = entries.filter(({ part }) => part === 'loss')
  const learnt = entries.filter(({ role }) => role === 'learnt')
  const namesOfLoss = new Set(ofLoss.map(({ name }) => name))
  const network = new Map([...state].filter(([name]) => !namesOfLoss.has(name) && !name.startsWith(velocityName(''))))
  const classifier = entries.find(({ name }) => name === `${spec.headName}.bias`)
  const loaded = loadStateDict(spec, network, {
    file: 'state',
    logits: classifier !== undefined && hasClassifier(state),
    ...(classifier && { classes: classifier.shape[0]! }),
  })
  for (const [name, tensor] of loaded.tensors) values.set(name, tensor)
  if (loaded.head) {
    values.set(`${spec.headName}.weight`, loaded.head.weight.data)
    values.set(`${spec.headName}.bias`, loaded.head.bias)
  }
  takeAllOrNone('of the loss', ofLoss, state, values)
  if (!velocities) return values
  // A stage that was frozen when the state was saved has no velocities: they begin stage by stage.
  for (const group of new Set(learnt.map(groupOf))) {
    const ofGroup = learnt.filter((entry) => groupOf(entry) === group)
    const wanted = ofGroup.map(({ name, shape }) => ({ name: velocityName(name), shape }))
    takeAllOrNone('the velocities', wanted, state, values)
  }
  return values
}

/** What is frozen or learns as one: a stage, the classifier, the loss. */
function groupOf({ name, part }: TrainingEntry): string {
  return part === 'classifier' || part === 'loss' ? part : `stage ${stageOf(name)}`
}

function takeAllOrNone(
  what: string,
  wanted: readonly Pick<TrainingEntry, 'name' | 'shape'>[],
  state: StateDict,
  values: StateValues,
): void {
  const missing = wanted.filter(({ name }) => !state.has(name))
  if (missing.length === wanted.length) return
  if (missing.length > 0) {
    throw new InvalidInputError(
      `state: of the tensors ${what} ${missing.map(({ name }) => name).join(', ')} are missing`,
    )
  }
  for (const { name, shape } of wanted) values.set(name, valuesOf(name, state.get(name)!, shape))
}

function valuesOf(name: string, tensor: Tensor, shape: readonly number[]): Float32Array {
  if (tensor.shape.join() !== shape.join()) {
    throw new InvalidInputError(
      `state: tensor ${name} is [${tensor.shape.join(', ')}], but [${shape.join(', ')}] was expected`,
    )
  }
  const { data } = tensor
  if (data instanceof Float32Array) return data
  if (data instanceof Float64Array) return Float32Array.from(data)
  throw new InvalidInputError(`state: tensor ${name} holds integers (${tensor.dtype}), but weights are floats`)
}
