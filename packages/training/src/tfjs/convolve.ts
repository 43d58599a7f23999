import type { ConvolutionPlan } from '@mode-ood/backbones'
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { spreadPositions } from './spread-positions.ts'
import type { TensorFlow } from './tensorflow.ts'

interface Geometry extends Pick<ConvolutionPlan, 'kernel' | 'stride'> {
  /** Whether the map has no gradient, being the images. */
  readonly ofImages?: boolean
}

/**
 * A convolution padded by half its kernel on every side, as PyTorch has it: TensorFlow's 'same' pads less in front where it
 * strides, and its numeric padding has no gradient in the native backends.
 *
 * @param map [count, height, width, inputs]
 * @param filter [kernel, kernel, inputs, outputs]
 */
export function convolve(tf: TensorFlow, map: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const isDifferentiable = tf.getKernel('Conv2DBackpropFilter', tf.getBackend()) !== undefined
  return isDifferentiable ? padAndConvolve(tf, map, filter, geometry) : convolveByForwardOnly(tf, map, filter, geometry)
}

function padAndConvolve(tf: TensorFlow, map: Tensor4D, filter: Tensor4D, { kernel, stride }: Geometry): Tensor4D {
  if (stride === 1) return tf.conv2d(map, filter, 1, 'same')
  return tf.conv2d(padBorder(tf, map, (kernel - 1) / 2), filter, stride, 'valid')
}

/** For WebAssembly, which has no gradient of the filter and a slow one of the map: both as convolutions. */
function convolveByForwardOnly(tf: TensorFlow, map: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const ofFilter = (gradient: Tensor, x: Tensor4D) => gradientOfFilter(tf, gradient as Tensor4D, x, geometry)
  if (geometry.ofImages) {
    const apply = tf.customGrad((w) => ({
      value: padAndConvolve(tf, map, w as Tensor4D, geometry),
      gradFunc: (gradient) => ofFilter(gradient, map),
    }))
    return apply(filter) as Tensor4D
  }
  const apply = tf.customGrad((...given) => {
    const [x, w, save] = given as unknown as [Tensor4D, Tensor4D, (tensors: Tensor[]) => void]
    save([x, w])
    const gradFunc = (gradient: Tensor, saved: Tensor[]) => {
      const [input, weight] = saved as [Tensor4D, Tensor4D]
      return [gradientOfMap(tf, gradient as Tensor4D, weight, input.shape, geometry), ofFilter(gradient, input)]
    }
    return { value: padAndConvolve(tf, x, w, geometry), gradFunc }
  })
  return apply(map, filter) as Tensor4D
}

/** The gradient, spread over the positions it belongs to, convolved with the filter turned round. */
function gradientOfMap(
  tf: TensorFlow,
  gradient: Tensor4D,
  filter: Tensor4D,
  [, height, width]: Tensor4D['shape'],
  { stride }: Geometry,
): Tensor4D {
  const spread = spreadPositions(tf, gradient, stride, { height, width })
  const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2])
  return tf.conv2d(spread, turned, 1, 'same')
}

/** Images and channels change places: the gradient is the filter, and what it strides over is its dilation. */
function gradientOfFilter(tf: TensorFlow, gradient: Tensor4D, map: Tensor4D, { kernel, stride }: Geometry): Tensor4D {
  const padded = padBorder(tf, map, (kernel - 1) / 2)
  const asFilter = tf.transpose(gradient, [1, 2, 0, 3])
  const taps = tf.conv2d(tf.transpose(padded, [3, 1, 2, 0]), asFilter, 1, 'valid', 'NHWC', stride)
  // Rows at the border that no stride reaches give taps beyond the kernel.
  const [inputs, , , outputs] = taps.shape
  return tf.transpose(tf.slice(taps, [0, 0, 0, 0], [inputs, kernel, kernel, outputs]), [1, 2, 0, 3])
}

/** The map with `width` rows and columns of `value` around. */
export function padBorder(tf: TensorFlow, map: Tensor4D, width: number, value = 0): Tensor4D {
  if (width === 0) return map
  const border: [number, number] = [width, width]
  return tf.pad(map, [[0, 0], border, border, [0, 0]], value)
}
