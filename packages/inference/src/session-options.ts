import type { InferenceSession } from 'onnxruntime-node'

/** One thread a session: the pool of workers is the parallelism. Only fatal messages may reach the terminal. */
export const sessionOptions: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 4,
}
