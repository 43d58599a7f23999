/** The core of TensorFlow.js. It is handed down rather than imported, since it is optional and loaded when first wanted. */
export type TensorFlow = typeof import('@tensorflow/tfjs-core')
