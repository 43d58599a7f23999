import { expect, test } from 'vitest'
import type { Run } from '../data/load-run.ts'
import { filterImages, rankImages } from './image-list.ts'

const images = {
  id: Float64Array.of(3, 1, 2),
  ood: new Map([
    ['near', Float64Array.of(2, 0)],
    ['far', Float64Array.of(-1)],
  ]),
}
const run = {
  scores: [{ label: 'msp', images }],
  results: { ood: [{ name: 'near' }, { name: 'far' }] },
} as unknown as Run
const ranked = rankImages(run, 'msp')
const show = ({ sets, rows }: typeof ranked) => Array.from(sets, (set, i) => `${set}:${rows[i]}`).join(' ')
const all = { threshold: 2, set: null, verdict: 'all', mostOodFirst: true } as const

test('images are ranked from the lowest score, equal ones in the order of their sets', () => {
  expect(show(ranked)).toBe('1:0 0:1 -1:1 -1:2 0:0 -1:0')
  expect([...ranked.scores]).toEqual([-1, 0, 1, 2, 2, 3])
})

test('a filter by set, by mistake, and the other way round', () => {
  expect(show(filterImages(ranked, { ...all, set: 0 }))).toBe('0:1 0:0')
  expect(show(filterImages(ranked, { ...all, verdict: 'mistakes' }))).toBe('-1:1 0:0')
  expect(show(filterImages(ranked, { ...all, verdict: 'id-rejected' }))).toBe('-1:1')
  expect(show(filterImages(ranked, { ...all, verdict: 'ood-accepted' }))).toBe('0:0')
  expect(show(filterImages(ranked, { ...all, mostOodFirst: false }))).toBe('-1:0 0:0 -1:2 -1:1 0:1 1:0')
})
