/** The core of TensorFlow.js: every tensor operation, whatever the backend. */
export type TensorFlow = typeof import('@tensorflow/tfjs-core')

/** The two native ones are the packages of TensorFlow.js of the same name. */
export type BackendName = 'tfjs-node-gpu' | 'tfjs-node' | 'wasm' | 'cpu'

/** All backends, in the order in which they are tried. */
export const backendNames: readonly BackendName[] = ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu']
