import { createRandom } from '@mode-ood/core'
import { expect, test, vi } from 'vitest'
import { createFileAccess } from '../node/file-access.ts'
import { VectorStore } from '../vector-store.ts'
import { BankSearch } from './bank-search.ts'
import { buildSegment } from './build-segment.ts'
import type { ReadAhead } from './file-access.ts'

test('copies of the same segments are known again, and files of those that drop out are closed', () => {
  const store = new VectorStore(4)
  const { normal } = createRandom(1)
  store.append(Float32Array.from({ length: 400 }, () => normal()))
  const files = createFileAccess()
  const open = vi.spyOn(files, 'openAhead')
  const search = new BankSearch(store, () => undefined, undefined, files)
  const copyOf = (from: number, path: string) => ({
    ...buildSegment(store, from, 50, 'int8'),
    codes: { path, offset: 0 },
  })
  search.setSegments([copyOf(0, 'a'), copyOf(50, 'b')])
  search.setSegments([copyOf(0, 'a'), copyOf(50, 'c')])
  expect(open.mock.calls.map(([{ path }]) => path)).toEqual(['a', 'b', 'c'])
  const close = open.mock.results.map(({ value }) => vi.spyOn(value as ReadAhead, 'close'))
  search.setSegments([copyOf(50, 'c')])
  expect(close.map(({ mock }) => mock.calls.length)).toEqual([1, 0, 0])
  search.setSegments([])
  expect(close.map(({ mock }) => mock.calls.length)).toEqual([1, 0, 1])
})
