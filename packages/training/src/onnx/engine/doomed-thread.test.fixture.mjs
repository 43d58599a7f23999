// A training thread whose second worker does not survive certain learning rates: training-team.test.ts.
import { parentPort, workerData } from 'node:worker_threads'

// before the listener below: the first listener gets what has been waiting
await import('./training-thread-from-source.mjs')

parentPort.on('message', ({ task, input }) => {
  if (workerData.worker !== 1 || task !== 'step') return
  if (input.learningRate === 3) process.exit(3)
  if (input.learningRate === 4) throw new Error('out of luck')
  // no longer what the data are: the runtime refuses them
  if (input.learningRate === 5) input.images.height = 5
})
