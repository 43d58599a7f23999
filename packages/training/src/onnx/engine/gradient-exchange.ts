/** Memory that the workers of a run share. */
export interface SharedExchange {
  readonly control: Int32Array<SharedArrayBuffer>
  /** What each worker brings to a step. */
  readonly contributions: readonly Float32Array<SharedArrayBuffer>[]
  /** What all take away. */
  readonly average: Float32Array<SharedArrayBuffer>
}

/** Thrown where a worker would wait for others in vain. */
export class ExchangeAbortedError extends Error {
  override name = 'ExchangeAbortedError'
}

const arrived = 0
const generation = 1
const aborted = 2
const hashes = 3

/** How often a worker that waits looks whether the run has been aborted, in case the call was missed. */
const patienceMs = 200

/** @param length most floats that a step exchanges. */
export function createSharedExchange(workers: number, length: number): SharedExchange {
  const floats = () => new Float32Array(new SharedArrayBuffer(4 * length))
  return {
    control: new Int32Array(new SharedArrayBuffer(4 * (hashes + workers))),
    contributions: Array.from({ length: workers }, floats),
    average: floats(),
  }
}

/** Any thread: wakes the workers that wait and lets none wait any more. */
export function abortExchange({ control }: SharedExchange): void {
  Atomics.store(control, aborted, 1)
  Atomics.notify(control, generation)
}

/**
 * Averages what the workers bring, in place and to the same bits on all sides: each averages its part of the vector, in
 * float64, and then copies all.
 *
 * @param pieces the vector of this worker, in pieces; as long on every side.
 * @param shares how much each worker counts, 0 for one that has nothing; their sum is 1.
 * @throws ExchangeAbortedError when the run has been aborted.
 */
export function averageInPlace(
  shared: SharedExchange,
  worker: number,
  pieces: readonly Float32Array[],
  shares: readonly number[],
): void {
  const { contributions, average } = shared
  let length = 0
  for (const piece of pieces) {
    if (shares[worker]! > 0) contributions[worker]!.set(piece, length)
    length += piece.length
  }
  meet(shared)
  const bound = (index: number) => Math.floor((length * index) / shares.length)
  averageRange(shared, shares, bound(worker), bound(worker + 1))
  meet(shared)
  let offset = 0
  for (const piece of pieces) {
    piece.set(average.subarray(offset, offset + piece.length))
    offset += piece.length
  }
}

function averageRange(
  { contributions, average }: SharedExchange,
  shares: readonly number[],
  from: number,
  to: number,
): void {
  const counting = contributions.flatMap((values, k) => (shares[k]! > 0 ? [{ values, share: shares[k]! }] : []))
  const [first, second] = counting
  if (second && counting.length === 2) {
    const [a, b, p, q] = [first!.values, second.values, first!.share, second.share]
    for (let i = from; i < to; i++) average[i] = p * a[i]! + q * b[i]!
    return
  }
  for (let i = from; i < to; i++) {
    let sum = 0
    for (const { values, share } of counting) sum += share * values[i]!
    average[i] = sum
  }
}

/** Compares a hash on all sides. @returns the first worker whose hash differs from worker 0's, or -1. */
export function firstDifference(shared: SharedExchange, worker: number, hash: number): number {
  const { control } = shared
  Atomics.store(control, hashes + worker, hash)
  meet(shared)
  const all = Array.from(shared.contributions, (_, k) => Atomics.load(control, hashes + k))
  meet(shared)
  return all.findIndex((value) => value !== all[0])
}

/** Waits until every worker has come here. */
function meet({ control, contributions }: SharedExchange): void {
  const before = Atomics.load(control, generation)
  if (Atomics.add(control, arrived, 1) === contributions.length - 1) {
    Atomics.store(control, arrived, 0)
    Atomics.add(control, generation, 1)
    Atomics.notify(control, generation)
    return
  }
  while (Atomics.load(control, generation) === before) {
    if (Atomics.load(control, aborted) === 1) throw new ExchangeAbortedError('another worker has failed')
    Atomics.wait(control, generation, before, patienceMs)
  }
}
