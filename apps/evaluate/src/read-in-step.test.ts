import { describe, expect, test } from 'vitest'
import { readInStep } from './read-in-step.ts'

/** Batches 1, 2 and 3, and how often they were read. */
function counting() {
  const reads: number[] = []
  const source = async function* () {
    for (const batch of [1, 2, 3]) {
      reads.push(batch)
      yield batch
    }
  }
  return { reads, source }
}

const failing = (reader: number, reason: unknown) => {
  throw new Error(`reader ${reader}`, { cause: reason })
}

const passes = (times: number) => async (data: AsyncIterable<number>) => {
  const seen: number[] = []
  for (let pass = 0; pass < times; pass++) for await (const batch of data) seen.push(batch)
  return seen
}

describe('readInStep', () => {
  test('reads once for all, and again for those that go through the data again', async () => {
    const { reads, source } = counting()
    const rounds: number[] = []
    const outcomes = await readInStep(source, [passes(1), passes(3), passes(0), passes(2)], failing, (round) => () => {
      rounds.push(round)
    })
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: [1, 2, 3] },
      { status: 'fulfilled', value: [1, 2, 3, 1, 2, 3, 1, 2, 3] },
      { status: 'fulfilled', value: [] },
      { status: 'fulfilled', value: [1, 2, 3, 1, 2, 3] },
    ])
    expect(reads).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3])
    expect(rounds).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3])
  })

  test('a reader that leaves a loop early gets the data from the beginning in its next one', async () => {
    const early = async (data: AsyncIterable<number>) => {
      const seen: number[] = []
      for await (const batch of data) {
        seen.push(batch)
        if (batch === 2) break
      }
      for await (const batch of data) seen.push(batch)
      return seen
    }
    const outcomes = await readInStep(counting().source, [early, passes(1)], failing)
    expect(outcomes[0]).toEqual({ status: 'fulfilled', value: [1, 2, 1, 2, 3] })
  })

  test('a reader may wait for other things between batches', async () => {
    const timed = async (data: AsyncIterable<number>, seconds: () => number) => {
      for await (const _ of data);
      return seconds()
    }
    const slow = async (data: AsyncIterable<number>, seconds: () => number) => {
      let sum = 0
      for await (const batch of data) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        sum += batch
      }
      expect(sum).toBe(6)
      return seconds()
    }
    const outcomes = await readInStep(counting().source, [slow, timed], failing)
    const [long, short] = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : Number.NaN))
    expect(long).toBeGreaterThan(0.01)
    expect(short).toBeLessThan(long!)
  })

  test('a reader that fails is told at once; the others end, unless they may go on', async () => {
    const { reads, source } = counting()
    const failsAt = (at: number) => async (data: AsyncIterable<number>) => {
      for await (const batch of data) if (batch === at) throw new Error(`no ${at}`)
    }
    let dismissed: unknown
    const waits = async (data: AsyncIterable<number>) => {
      await passes(1)(data).catch((error: unknown) => {
        dismissed = error
      })
    }
    await expect(readInStep(source, [failsAt(2), waits], failing)).rejects.toThrow('reader 0')
    expect(reads).toEqual([1, 2])
    expect(dismissed).toBeInstanceOf(Error)
    const outcomes = await readInStep<number, unknown>(source, [failsAt(2), passes(1)], () => {})
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  })

  test('two loops of one reader at a time are an error', async () => {
    const both = (data: AsyncIterable<number>) => Promise.all([passes(1)(data), passes(1)(data)])
    await expect(readInStep(counting().source, [both], failing)).rejects.toMatchObject({
      cause: new Error('data can be gone through by one loop at a time'),
    })
  })

  test('what the source throws is thrown', async () => {
    const source = async function* () {
      yield 1
      throw new Error('torn')
    }
    await expect(readInStep(source, [passes(1)], failing)).rejects.toThrow('torn')
    expect(await readInStep(source, [], failing)).toEqual([])
  })
})
