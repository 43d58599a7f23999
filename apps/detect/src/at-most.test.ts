import { expect, test } from 'vitest'
import { atMost } from './at-most.ts'

test('no more pieces of work are under way than were allowed, and all are done, in their order', async () => {
  const limited = atMost(3)
  const started: number[] = []
  let running = 0
  let most = 0
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) =>
      limited(async () => {
        started.push(i)
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        if (i % 4 === 0) throw new Error(`${i}`)
        return i
      }),
    ),
  )
  expect(most).toBe(3)
  expect(started).toEqual(Array.from({ length: 20 }, (_, i) => i))
  expect(results.map(({ status }) => status)).toEqual(started.map((i) => (i % 4 === 0 ? 'rejected' : 'fulfilled')))
})
