import { type BackboneSpec, stateDictEntries } from '@mode-ood/backbones'
import type { Random } from '@mode-ood/core'
import { Tensor } from 'onnxruntime-node'

/**
 * The tensors a training step begins with, by input name: filters from a normal distribution with variance 2 / fan-in (He
 * et al. 2015), the classifier's weights with 1 / fan-in, batch normalisation as identity, velocities zero.
 */
export function initialState(spec: BackboneSpec, classes: number, random: Random): Map<string, Tensor> {
  const state = new Map<string, Tensor>()
  for (const { name, shape } of stateDictEntries(spec, { classes })) {
    const size = shape.reduce((product, extent) => product * extent, 1)
    const gain = shape.length === 4 ? 2 : 1
    const deviation = Math.sqrt((gain * shape[0]!) / size)
    const draw = random.fork(name)
    const isOne = shape.length === 1 && /weight$|running_var$/.test(name)
    const data = Float32Array.from({ length: size }, () =>
      shape.length > 1 ? deviation * draw.normal() : isOne ? 1 : 0,
    )
    state.set(name, new Tensor('float32', data, shape))
    if (!/running_(mean|var)$/.test(name)) {
      state.set(`velocity.${name}`, new Tensor('float32', new Float32Array(size), shape))
    }
  }
  return state
}
