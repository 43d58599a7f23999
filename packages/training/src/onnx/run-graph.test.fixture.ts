import { InferenceSession, Tensor } from 'onnxruntime-node'
import { sessionOptions } from './engine/session-options.ts'
import { packVariable, unpackVariable } from './pack-variable.ts'
import { sizeOf, type StateVariable } from './state-variable.ts'

type Values = ReadonlyMap<string, Float32Array>

export interface GraphRun {
  /** The values of an output. */
  output(name: string): Float32Array
  /** The tensors of all variables of which the graph gives `PREFIX.NAME`, by their names in the state dict. */
  tensors(prefix: string): Map<string, Float32Array>
}

/** Runs a graph once: `feeds` by name with shapes, variables from `state`, velocities from `velocities` (zero without). */
export async function runGraph(
  bytes: Uint8Array,
  variables: readonly StateVariable[],
  given: { feeds: Record<string, Tensor>; state: Values; velocities?: Values },
): Promise<GraphRun> {
  const session = await InferenceSession.create(bytes, sessionOptions(true))
  const feeds = { ...given.feeds }
  for (const variable of variables) {
    const pack = (valuesOf: (name: string) => Float32Array) => {
      const target = new Float32Array(sizeOf(variable.shape))
      packVariable(variable, valuesOf, target)
      return new Tensor('float32', target, variable.shape)
    }
    const none = (name: string) => new Float32Array(given.state.get(name)!.length)
    feeds[variable.name] = pack((name) => given.state.get(name)!)
    feeds[`velocity.${variable.name}`] = pack((name) => given.velocities?.get(name) ?? none(name))
  }
  const known = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name))
  const outputs = await session.run(Object.fromEntries(known))
  await session.release()
  const output = (name: string) => outputs[name]!.data as Float32Array
  return {
    output,
    tensors: (prefix) =>
      new Map(
        variables
          .filter(({ name }) => `${prefix}.${name}` in outputs)
          .flatMap((variable) => [...unpackVariable(variable, output(`${prefix}.${variable.name}`))]),
      ),
  }
}
