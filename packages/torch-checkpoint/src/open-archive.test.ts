import { expect, test } from 'vitest'
import { zipOf } from './checkpoint.test.fixture.ts'
import { openArchive } from './open-archive.ts'

const content = (length: number, value = 7) => new Uint8Array(length).fill(value)
const fail = (message: string): never => {
  throw new Error(message)
}
const open = (archive: Uint8Array) => Object.fromEntries(openArchive(new Uint8Array(archive), fail))

test('the entries, without the top folder', () => {
  expect(
    open(
      zipOf([
        ['a/x', content(3)],
        ['a/data/0', content(0)],
      ]),
    ),
  ).toEqual({ x: content(3), 'data/0': content(0) })
})

test('zip64', () => {
  const archive = zipOf([
    ['a/x', content(3), { isWide: true }],
    ['a/y', content(5, 1), { isWide: true }],
  ])
  expect(open(archive)).toEqual({ x: content(3), y: content(5, 1) })
})

test('a comment behind the directory', () => {
  expect(open(Buffer.concat([zipOf([['a/x', content(3)]]), Buffer.alloc(500, 'PK')]))).toEqual({ x: content(3) })
})

test.each([
  ['a wrong check sum', zipOf([['a/x', content(3), { checkSum: 1 }]]), /entry x does not have its check sum/],
  [
    'a name twice',
    zipOf([
      ['a/x', content(3)],
      ['b/x', content(3)],
    ]),
    /holds x twice/,
  ],
  ['an entry larger than the file', zipOf([['a/x', content(3), { size: 1e6 }]]), /entries overlap|torn/],
  ['a size beyond all numbers', zipOf([['a/x', content(3), { size: 2 ** 62, isWide: true }]]), /entries overlap|torn/],
  ['no directory', content(100), /torn/],
  ['nothing', content(0), /torn/],
])('%s is refused', (_, archive, sentence) => {
  expect(() => open(archive)).toThrow(sentence)
})

test('every cut is refused', () => {
  const archive = zipOf([
    ['a/x', content(30), { isWide: true }],
    ['a/y', content(5)],
  ])
  for (let length = 0; length < archive.length; length++) {
    expect(() => open(archive.subarray(0, length))).toThrow(/torn|damaged/)
  }
})
