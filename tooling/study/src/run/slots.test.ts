import { expect, test } from 'vitest'
import { createSlots } from './slots.ts'

test('never more at work than slots, in the order in which they asked, failures included', async () => {
  const inSlot = createSlots(2)
  const begun: number[] = []
  const ends: (() => void)[] = []
  let atWork = 0
  let most = 0
  const works = [0, 1, 2, 3, 4].map((i) =>
    inSlot(async () => {
      begun.push(i)
      most = Math.max(most, ++atWork)
      await new Promise<void>((resolve) => void ends.push(resolve))
      atWork--
      if (i === 1) throw new Error('failed')
    }),
  )
  const settled = Promise.allSettled(works)
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  await turn()
  expect(begun).toEqual([0, 1])
  ends[1]!()
  await turn()
  expect(begun).toEqual([0, 1, 2])
  for (let i = 0; i < 5; i++) {
    ends.forEach((end) => end())
    await turn()
  }
  expect((await settled).map(({ status }) => status)).toEqual([
    ...['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
  ])
  expect([begun, most]).toEqual([[0, 1, 2, 3, 4], 2])
})
