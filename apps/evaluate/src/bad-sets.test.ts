import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refusalOf, smallConfiguration, smallEvaluation, type Refusal } from './command.test.fixture.ts'

const shared = smallEvaluation()
const base = smallConfiguration(shared)
const record = 3073

/** An OOD set instead of the good one. */
const ood = (set: (directory: string) => object) => (directory: string) => ({
  change: { ood: [{ name: 'odd', ...set(directory) }] },
})

/** A set of one file with the given content. */
const file = (content: string | Uint8Array, set: (path: string) => object) =>
  ood((directory) => {
    writeFileSync(join(directory, 'set.file'), content)
    return set(join(directory, 'set.file'))
  })

/** A folder with one entry. */
const folder = (fill: (directory: string) => void) =>
  ood((directory) => {
    mkdirSync(join(directory, 'images'))
    fill(join(directory, 'images'))
    return { format: 'folder', path: join(directory, 'images') }
  })

const image = (name: string, content: string | Uint8Array) =>
  folder((directory) => writeFileSync(join(directory, name), content))

const cifar10 = (path: string) => ({ format: 'cifar10', files: [path] })
const cifar100 = (path: string) => ({ format: 'cifar100', files: [path] })
const idx = (path: string) => ({ format: 'idx', images: path })
const list = (path: string) => ({ format: 'list', path })
const gzip = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 1)

/** The labels 0, 3 and 6, of which the model of four classes knows two. */
const labels = Uint8Array.from({ length: 3 * record }, (_, i) => (i % record === 0 ? 3 * (i / record) : i % 251))

const refusals: Refusal[] = [
  ['a missing file', ood(() => cifar10('no-such.bin')), 1, /no-such\.bin: does not exist/],
  ['a truncated .bin', file(new Uint8Array(2 * record - 5), cifar10), 1, /has 6141 bytes, which is 1 cifar10 record/],
  ['an oversized .bin', file(new Uint8Array(2 * record + 5), cifar10), 1, /2 cifar10 records .* and 5 bytes more/],
  ['CIFAR-10 taken for CIFAR-100', file(new Uint8Array(record), cifar100), 1, /set\.file: has 3073 bytes/],
  ['an empty .bin', file('', cifar10), 1, /set\.file: is empty \(0 bytes\), but cifar10 records were expected/],
  ['a folder for a .bin', ood(cifar10), 1, /is a folder, not a file/],
  ['a .bin below a file', file('', (path) => cifar10(`${path}/x.bin`)), 1, /lies below a file that is no folder/],
  ['no idx', file('hello, this is no idx', idx), 1, /begins with 68656c6c where idx images begin with 00000803/],
  ['a torn gzip', file(gzip, idx), 1, /set\.file: could not be decompressed: unexpected end of file/],
  ['no .mat', file('hello', (path) => ({ format: 'svhn', path })), 1, /has 5 bytes, too few for a MATLAB 5 file/],
  ['an empty list', file('', list), 1, /set\.file: names no images/],
  ['a list of a missing image', file('a.png 0\n', list), 1, /set\.file:1: .*a\.png does not exist/],
  ['a list without labels', file('a.png\n', list), 1, /:1: "a\.png" is not a path and a whole-numbered label/],
  ['an empty folder', folder(() => {}), 1, /images: holds no images/],
  ['a missing folder', ood(() => ({ format: 'folder', path: 'no-such' })), 1, /no-such: does not exist/],
  [
    'a folder that is a file',
    file('x', (path) => ({ format: 'folder', path })),
    1,
    /is a file, but a folder of images/,
  ],
  ['a corrupt image', image('bad.png', 'not a picture'), 1, /bad\.png: is damaged or not an image/],
  ['an empty image', image('bad.png', ''), 1, /bad\.png: is empty \(0 bytes\)/],
  ['a BMP image', image('bad.bmp', 'BM'), 1, /bad\.bmp: BMP images are not supported: convert it to PNG/],
  [
    'a link to nothing',
    folder((at) => symlinkSync(join(at, 'gone'), join(at, 'bad.png'))),
    1,
    /bad\.png: does not exist/,
  ],
  [
    'no image but a corrupt one, to be skipped',
    (directory) => ({
      ...image('bad.png', 'x')(directory),
      args: ['--skip-corrupt'],
    }),
    1,
    /"odd": none of the 1 images could be read/,
  ],
  ['an unknown demo set', ood(() => ({ format: 'demo', set: 'nois' })), 2, /has no set "nois"/],
  [
    'demo images for a smaller model',
    ood(() => ({ format: 'demo', set: 'noise' })),
    2,
    /32 x 32, but the model takes 8 x 8/,
  ],
  [
    'another size than the model takes',
    file(new Uint8Array(record), (path) => ({ ...cifar10(path), resize: 'none' })),
    1,
    /set\.file#0: is 32x32 where 8x8 is expected: set resize to squash or crop/,
  ],
  [
    'labels beyond the classes',
    (directory) => {
      writeFileSync(join(directory, 'test.bin'), labels)
      return { change: { id: { ...base.id, test: cifar10(join(directory, 'test.bin')) } } }
    },
    1,
    /id\.test \(test\.bin#2\) has the label 6, but the model has 4 classes, 0 to 3/,
  ],
  [
    'more classes than the model has',
    (directory) => {
      for (let i = 0; i < 5; i++) symlinkSync(join(shared, 'test/class-0'), join(directory, `class-${i}`))
      return { change: { id: { ...base.id, train: { format: 'folder', path: directory } } } }
    },
    1,
    /id\.train \(.*class-4\/0\.png\) has the label 4, but the model has 4 classes/,
  ],
]

test.each(refusals)('%s', async (_, wrong, code, sentence) => {
  expect(await refusalOf(base, wrong)).toEqual([code, expect.stringMatching(sentence)])
})
