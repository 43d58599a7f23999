// One worker of gradient-exchange.test.ts: exchanges its pieces, compares its hash, reports.
import { parentPort, workerData } from 'node:worker_threads'
import { readFileSync } from 'node:fs'
import { transformSync } from 'esbuild'

// the one module it needs, without tsx's hooks, which take a thread as long as all the rest
const source = readFileSync(new URL('gradient-exchange.ts', import.meta.url), 'utf8')
const { code } = transformSync(source, { loader: 'ts', format: 'esm' })
const { averageInPlace, firstDifference } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
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
