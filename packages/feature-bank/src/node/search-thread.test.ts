import { expect, test } from 'vitest'
import { startSearchThread } from './search-thread.ts'

test('a thread that has failed serves no other bank', async () => {
  const block = { start: 0, rows: 2, data: new Float32Array(8) }
  const failing = startSearchThread('none')
  // There are no vectors yet.
  failing.setSegments([])
  await failing.close()
  const searcher = startSearchThread('none')
  searcher.addBlock(4, block)
  expect(await searcher.build({ from: 0, rows: 2 }, 'int8')).toMatchObject({ from: 0, rows: 2, dimension: 4 })
  await searcher.close()
})
