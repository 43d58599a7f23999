import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { createRandom } from '@mode-ood/core'
import { describe, expect, test } from 'vitest'
import { abortExchange, createSharedExchange, type SharedExchange } from './gradient-exchange.ts'

/** What every worker says after it has exchanged. */
interface Report {
  readonly pieces: Float32Array[]
  readonly difference: number
  readonly error?: string
}

async function exchange(
  shared: SharedExchange,
  vectors: readonly Float32Array[][],
  { shares, rounds = 1, hashes }: { shares: readonly number[]; rounds?: number; hashes?: readonly number[] },
): Promise<Report[]> {
  const script = new URL('gradient-exchange-worker.test.fixture.mjs', import.meta.url)
  const workers = vectors.map((pieces, worker) => {
    const workerData = { shared, worker, pieces, shares, rounds, hash: hashes?.[worker] ?? 0 }
    return new Worker(script, { workerData })
  })
  return Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0] as Report))
}

const random = createRandom(4)
const vector = () => [5, 1, 12].map((length) => Float32Array.from({ length }, random.normal))

describe.each([
  ['two workers', [0.6, 0.4]],
  ['three, one of which has nothing', [0.5, 0, 0.5]],
])('%s', (_, shares) => {
  test('all take away the same weighted mean and learn whose hash differs', async () => {
    const vectors = shares.map(vector)
    const expected = vectors[0]!.map((piece, p) =>
      Float32Array.from(piece, (__, i) => shares.reduce((sum, share, k) => sum + share * vectors[k]![p]![i]!, 0)),
    )
    if (shares.includes(0)) vectors[shares.indexOf(0)]!.forEach((piece) => piece.fill(Number.NaN))
    const hashes = shares.map((__, worker) => (worker === 1 ? -8 : 7))
    const reports = await exchange(createSharedExchange(shares.length, 18), vectors, { shares, hashes })
    for (const { pieces, difference } of reports) {
      expect(pieces).toEqual(expected)
      expect(difference).toBe(1)
    }
  })
})

test('many rounds do not overtake each other', async () => {
  // in each round a worker adds its number to what it has and all average: + 0.5 a round
  const zeros = [[new Float32Array(18)], [new Float32Array(18)]]
  const reports = await exchange(createSharedExchange(2, 18), zeros, { shares: [0.5, 0.5], rounds: 4000 })
  for (const { pieces, difference } of reports) {
    expect(new Set(pieces[0])).toEqual(new Set([2000]))
    expect(difference).toBe(-1)
  }
})

test('who waits for a worker that never comes is released by an end of the run', async () => {
  const shared = createSharedExchange(2, 18)
  const waiting = exchange(shared, [vector()], { shares: [0.5, 0.5] })
  while (Atomics.load(shared.control, 0) === 0) await new Promise(setImmediate)
  abortExchange(shared)
  expect((await waiting)[0]!.error).toBe('ExchangeAbortedError')
})
