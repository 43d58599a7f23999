import * as tf from '@tensorflow/tfjs-core'

/** Tensors in objects and arrays. */
type Structure = tf.Tensor | readonly Structure[] | { readonly [name: string]: Structure }

/**
 * Lays the tensors of a structure end to end, as a custom gradient saves them; `restore` puts as many others in their places.
 */
export function flattenTensors<T extends object>(
  structure: T,
): { tensors: tf.Tensor[]; restore: (others: readonly tf.Tensor[]) => T } {
  const tensors: tf.Tensor[] = []
  const replace = (node: Structure, visit: (tensor: tf.Tensor) => tf.Tensor): Structure => {
    if (node instanceof tf.Tensor) return visit(node)
    if (Array.isArray(node)) return node.map((item: Structure) => replace(item, visit))
    return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, replace(item, visit)]))
  }
  replace(structure as Structure, (tensor) => {
    tensors.push(tensor)
    return tensor
  })
  return {
    tensors,
    restore: (others) => {
      let next = 0
      return replace(structure as Structure, () => others[next++]!) as T
    },
  }
}
