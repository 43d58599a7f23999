// One worker of gradient-exchange.test.ts: exchanges its pieces, compares its hash, reports.
import { parentPort, workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
const { averageInPlace, firstDifference } = await import('./gradient-exchange.ts')
const { shared, worker, pieces, shares, rounds, hash } = workerData

try {
  for (let round = 0; round < rounds; round++) {
    if (rounds > 1) for (const piece of pieces) piece.forEach((value, i) => (piece[i] = value + worker))
    averageInPlace(shared, worker, pieces, shares)
  }
  parentPort.postMessage({ pieces, difference: firstDifference(shared, worker, hash) })
} catch (error) {
  parentPort.postMessage({ pieces, difference: -1, error: error.name })
}
