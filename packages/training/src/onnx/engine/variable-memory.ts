import { Tensor } from 'onnxruntime-node'
import { packVariable, unpackVariable } from '../pack-variable.ts'
import { sizeOf, type StateVariable } from '../state-variable.ts'
import { gradientName, nextName, velocityName } from '../step-names.ts'
import { alignedFloats } from './aligned-floats.ts'

/** Values of tensors by their names in the state dict. */
export type StateValues = ReadonlyMap<string, Float32Array>

export interface MemoryOptions {
  /** Whether learnt variables have velocities. */
  readonly velocities: boolean
  /** Whether there is room for gradients: where an exchange comes between them and the optimiser. */
  readonly gradients: boolean
}

/** What stays between the steps of one thread: allocated once, every tensor twice, swapped when a step is done. */
export interface VariableMemory {
  /** Values that a graph reads under `input`, or `undefined` when it is no variable, velocity or gradient. */
  current(input: string): Tensor | undefined
  /** Where a graph is to write `output`: `next.NAME` or `gradient.NAME`. */
  target(output: string): Tensor | undefined
  /** Makes what has been written to `outputs` current. */
  commit(outputs: readonly string[]): void
  /** Takes values as in the state dict; velocities that are absent are zero. */
  write(values: StateValues): void
  /** Everything as in the state dict, velocities included. */
  read(): Map<string, Float32Array>
  /** A hash of all current bits: equal in threads that hold the same. */
  hash(): number
}

interface Slot {
  readonly variable: StateVariable
  /** Name of the graph's input. */
  readonly input: string
  /** What a tensor of the state dict is called here. */
  readonly nameOf: (name: string) => string
  current: Tensor
  next: Tensor
}

export function createVariableMemory(variables: readonly StateVariable[], options: MemoryOptions): VariableMemory {
  const learnt = variables.filter(({ role }) => role === 'learnt')
  const withVelocity = options.velocities ? learnt : []
  const withGradient = options.gradients ? learnt : []
  const doubled = [...variables, ...withVelocity]
  const inOrder = [...doubled.flatMap((variable) => [variable, variable]), ...withGradient]
  const floats = alignedFloats(inOrder.map(({ shape }) => sizeOf(shape)))
  const tensor = ({ shape }: StateVariable) => new Tensor('float32', floats.shift()!, shape)
  const slot = (variable: StateVariable, nameOf: (name: string) => string): Slot => {
    return { variable, nameOf, input: nameOf(variable.name), current: tensor(variable), next: tensor(variable) }
  }
  const slots = new Map(
    [...variables.map((v) => slot(v, (name) => name)), ...withVelocity.map((v) => slot(v, velocityName))].map((one) => [
      one.input,
      one,
    ]),
  )
  const gradients = new Map(withGradient.map((variable) => [gradientName(variable.name), tensor(variable)]))
  const byOutput = new Map([...slots.values()].map((one) => [nextName(one.input), one]))
  return {
    current: (input) => slots.get(input)?.current ?? gradients.get(input),
    target: (output) => byOutput.get(output)?.next ?? gradients.get(output),
    commit(outputs) {
      for (const output of outputs) {
        const found = byOutput.get(output)
        if (found) [found.current, found.next] = [found.next, found.current]
      }
    },
    write(values) {
      for (const { variable, nameOf, current } of slots.values()) {
        packVariable(variable, (name) => values.get(nameOf(name)), current.data as Float32Array)
      }
    },
    read: () =>
      new Map(
        [...slots.values()].flatMap(({ variable, nameOf, current }) =>
          [...unpackVariable(variable, current.data as Float32Array)].map(
            ([name, data]) => [nameOf(name), data] as const,
          ),
        ),
      ),
    hash: () => hashOf([...slots.values()].map(({ current }) => current.data as Float32Array)),
  }
}

/** FNV-1a over 32-bit words. */
function hashOf(arrays: readonly Float32Array[]): number {
  let hash = 0x811c9dc5
  for (const { buffer, byteOffset, length } of arrays) {
    const words = new Int32Array(buffer, byteOffset, length)
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193)
  }
  return hash
}
