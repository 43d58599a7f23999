import { expect, test } from 'vitest'
import { createQueue } from './create-queue.ts'

test('tasks run one after the other, also after one that fails', async () => {
  const queue = createQueue()
  const events: string[] = []
  const task =
    (name: string, turns: number, fails = false) =>
    async () => {
      events.push(`${name} begins`)
      for (let i = 0; i < turns; i++) await Promise.resolve()
      if (fails) throw new Error(name)
      events.push(`${name} ends`)
      return name
    }
  const results = [queue(task('a', 9)), queue(task('b', 5, true)), queue(task('c', 1))]
  expect((await Promise.allSettled(results)).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'c begins', 'c ends'])
})
