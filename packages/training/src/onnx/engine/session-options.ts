import type { InferenceSession } from 'onnxruntime-node'

/**
 * How every graph of a training engine is run: one thread a session, for workers are the parallelism, and as written: the
 * runtime's optimiser makes no step faster, but takes 0.2 s a session. Only fatal messages may reach the terminal.
 *
 * @param arena whether the session keeps its memory between steps.
 */
export function sessionOptions(arena: boolean): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'disabled',
    executionMode: 'sequential',
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    enableCpuMemArena: arena,
    // a plan for the whole graph's memory would take half as much again
    enableMemPattern: false,
    logSeverityLevel: 4,
  }
}
