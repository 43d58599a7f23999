import type { StateDict } from '@mode-ood/core'

/** Modules of a residual network, as PyTorch and `@mode-ood/backbones` name them. */
const network = /^(conv1|bn1|layer\d+|linear|fc)\./

/**
 * What of a trainer's state is the network: a checkpoint for inference, which PyTorch loads strictly. Velocities and the
 * loss's own tensors (projection heads, prototypes) are left out.
 *
 * @example await writeFile('model.safetensors', writeSafetensors(modelTensors(await trainer.state())))
 */
export function modelTensors(state: StateDict): StateDict {
  return new Map([...state].filter(([name]) => network.test(name)))
}
