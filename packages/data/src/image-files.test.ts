import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeWithData, realData, temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import type { FolderConfig } from './dataset-config.ts'
import type { Dataset, SkippedImage } from './dataset.ts'
import { openDataset } from './open-dataset.ts'

const image = fileURLToPath(new URL('../fixtures/kinds/rgb.png', import.meta.url))
const other = fileURLToPath(new URL('../fixtures/kinds/rgb.jpg', import.meta.url))

/** A folder that holds one image under each name; names that end in / are empty folders, those after ! are no images. */
function makeFolder(...names: string[]): string {
  const root = join(temporaryDirectory(), 'set')
  for (const name of names) {
    const path = join(root, name.replace('!', ''))
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true })
    if (name.includes('!')) writeFileSync(path, 'no image')
    else if (!name.endsWith('/')) cpSync(image, path)
  }
  return root
}

function open(root: string, config: Partial<FolderConfig> = {}, skipCorrupt = false): Promise<Dataset> {
  const folder: FolderConfig = { format: 'folder', path: root, ...config }
  return openDataset(folder, { name: 'set', baseDirectory: '/', skipCorrupt })
}

async function labelsOf(dataset: Dataset): Promise<number[]> {
  const labels: number[] = []
  for await (const batch of dataset.batches({ batchSize: 2 })) labels.push(...batch.labels!)
  return labels
}

const namesOf = (dataset: Dataset): string[] => Array.from({ length: dataset.count }, (_, i) => dataset.describe(i))

const damaged = (): string => makeFolder('a/1.png', '!a/2.png', 'a/3.png', 'b/4.png', '!b/5.png', 'b/6.png')

function openList(root: string, text: string, config = {}, checkLabels = false): Promise<Dataset> {
  writeFileSync(join(root, 'list.txt'), text)
  const options = { name: 'list', baseDirectory: root, checkLabels }
  return openDataset({ format: 'list', path: 'list.txt', ...config }, options)
}

const makeHashed = (): string => makeFolder('a/1.png', 'a/2.png', 'b/3.png')
const hashOf = async (root: string, config: Partial<FolderConfig> = {}): Promise<string> =>
  (
    await openDataset({ format: 'folder', path: root, ...config }, { name: 'x', baseDirectory: '/', imageSize: 8 })
  ).contentHash()

describe('folders', () => {
  test('sub-folders are classes, sorted by code unit; what is no image is passed over', async () => {
    const root = makeFolder(
      'b/2.PNG',
      'b/10.png',
      'a-b/x.png',
      'a/deep/er/1.jpeg',
      'a/.hidden.png',
      'Z/1.png',
      '.git/1.png',
    )
    writeFileSync(join(root, 'labels.csv'), '')
    writeFileSync(join(root, 'images32.bin'), '')
    const dataset = await open(root)
    expect(namesOf(dataset)).toEqual(
      ['Z/1.png', 'a/deep/er/1.jpeg', 'a-b/x.png', 'b/10.png', 'b/2.PNG'].map((n) => `set/${n}`),
    )
    expect(dataset.classes).toEqual(['Z', 'a', 'a-b', 'b'])
    expect(await labelsOf(dataset)).toEqual([0, 1, 2, 3, 3])
  })

  test('an image beside the sub-folders means there are no classes', async () => {
    const dataset = await open(makeFolder('b/1.png', '2.png'))
    expect(dataset).toMatchObject({ count: 2, labelled: false, classes: null })
    for await (const batch of dataset.batches({ batchSize: 2 })) expect(batch.labels).toBeNull()
  })

  test('classes fix the order of labels', async () => {
    const root = makeFolder('a/1.png', 'c/1.png')
    expect(await labelsOf(await open(root, { classes: ['c', 'b', 'a'] }))).toEqual([2, 0])
    await expect(open(root, { classes: ['a'] })).rejects.toThrow('the image c/1.png')
    await expect(open(root, { classes: ['a'] })).rejects.toMatchObject({ name: 'InvalidOptionError' })
  })

  test('links are followed, circles are not', async () => {
    const root = makeFolder('a/1.png')
    symlinkSync(join(root, 'a'), join(root, 'b'))
    symlinkSync(root, join(root, 'a', 'up'))
    expect(namesOf(await open(root))).toEqual(['set/a/1.png', 'set/b/1.png'])
  })

  test('absent, empty, a file', async () => {
    await expect(open('/nowhere')).rejects.toThrow('/nowhere: does not exist')
    await expect(open(makeFolder('a/'))).rejects.toThrow(/set: holds no images/)
    await expect(open(makeFolder('!labels.csv'))).rejects.toThrow(/set: holds no images/)
    await expect(open(join(makeFolder('a.png'), 'a.png'))).rejects.toMatchObject({ name: 'InvalidFileError' })
  })

  test('without a model size all images must have the size of the first', async () => {
    const root = makeFolder('1.png')
    cpSync(join(image, '../turned.png'), join(root, '2.png'))
    const dataset = await open(root)
    expect(dataset).toMatchObject({ width: 6, height: 4 })
    await expect(labelsOf(dataset)).rejects.toThrow('2.png: is 4x6 where 6x4 is expected')
  })
})

describe('damaged images', () => {
  test('are errors in their turn', async () => {
    const seen: number[] = []
    const failed = (async () => {
      for await (const { indices } of (await open(damaged())).batches({ batchSize: 1 })) seen.push(...indices)
    })()
    await expect(failed).rejects.toThrow(/a\/2\.png: is damaged or not an image/)
    expect(seen).toEqual([0])
  })

  test('or are left out, reported, and the batches stay full', async () => {
    const dataset = await open(damaged(), {}, true)
    const skipped: SkippedImage[] = []
    const batches: { indices: number[]; labels: number[] }[] = []
    for await (const { indices, labels } of dataset.batches({ batchSize: 3, onSkip: (one) => skipped.push(one) })) {
      batches.push({ indices: [...indices], labels: [...labels!] })
    }
    expect(batches).toEqual([
      { indices: [0, 2, 3], labels: [0, 0, 1] },
      { indices: [5], labels: [1] },
    ])
    expect(skipped.map(({ file }) => file.slice(-7))).toEqual(['a/2.png', 'b/5.png'])
    expect(skipped[0]!.reason).toMatch(/^is damaged or not an image/)
  })

  test('none left is an error even so', async () => {
    await expect(labelsOf(await open(damaged(), {}, true))).resolves.toHaveLength(4)
    const root = makeFolder('1.png', '2.png')
    const dataset = await open(root, {}, true)
    for (const name of ['1.png', '2.png']) writeFileSync(join(root, name), '')
    await expect(labelsOf(dataset)).rejects.toThrow('dataset "set": none of the 2 images could be read')
  })
})

describe('lists', () => {
  test('keep their order; paths may hold spaces, comments and blank lines are passed over', async () => {
    const root = makeFolder('b/two words 3.png', 'a/1.png')
    const dataset = await openList(root, '\uFEFF# a comment\r\n\r\nb/two words 3.png 7\r\na/1.png\t-1\na/1.png 0')
    expect(namesOf(dataset)).toEqual(['set/b/two words 3.png', 'set/a/1.png', 'set/a/1.png'])
    expect(await labelsOf(dataset)).toEqual([7, -1, 0])
    expect(await labelsOf(await openList(join(root, 'a'), 'b/two words 3.png 7', { root }))).toEqual([7])
  })

  for (const [what, text, message] of [
    ['an absent file', 'a/1.png 0\n\na/2.png 1', /list\.txt:3: .*a\/2\.png does not exist$/],
    ['a folder that is absent', 'z/1.png 0', /list\.txt:1: .*z\/1\.png does not exist$/],
    ['no label', 'a/1.png', /list\.txt:1: "a\/1\.png" is not a path and a whole-numbered label$/],
    ['a label with a fraction', 'a/1.png 1.5', /list\.txt:1: "a\/1\.png 1\.5" is not/],
    ['nothing', '# only a comment\n', /list\.txt: names no images$/],
  ] as const) {
    test(`${what} is an error`, async () => {
      const opened = openList(makeFolder('a/1.png'), text)
      await expect(opened).rejects.toMatchObject({ name: 'InvalidFileError' })
      await expect(opened).rejects.toThrow(message)
    })
  }

  test('labels are checked where they count', async () => {
    const opened = openList(makeFolder('a/1.png'), 'a/1.png -1', {}, true)
    await expect(opened).rejects.toThrow('list.txt:1: label -1 names no class')
  })

  test('an absent list', async () => {
    const opened = openDataset({ format: 'list', path: 'no.txt' }, { name: 'x', baseDirectory: '/nowhere' })
    await expect(opened).rejects.toThrow('/nowhere/no.txt: does not exist')
  })
})

describe('content hash of a folder', () => {
  test('is of contents, not of places and times', async () => {
    const [one, two] = [makeHashed(), makeHashed()]
    utimesSync(join(two, 'a/1.png'), 1, 1)
    expect(await hashOf(one)).toMatch(/^[0-9a-f]{64}$/)
    expect(await hashOf(one)).toBe(await hashOf(two))
  })

  test('differs by content, order, labels, class names and transform', async () => {
    const root = makeHashed()
    const hashes = [
      await hashOf(root),
      await hashOf(root, { resize: 'crop' }),
      await hashOf(root, { interpolation: 'bicubic' }),
    ]
    hashes.push(await hashOf(root, { classes: ['b', 'a'] }))
    cpSync(other, join(root, 'a/1.png'))
    hashes.push(await hashOf(root))
    renameSync(join(root, 'a/1.png'), join(root, 'a/9.png'))
    hashes.push(await hashOf(root))
    renameSync(join(root, 'b'), join(root, 'c'))
    hashes.push(await hashOf(root))
    rmSync(join(root, 'c'), { recursive: true })
    hashes.push(await hashOf(root))
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})

describeWithData('real folders', ['ood/tin_a/images32.bin', 'ood/dtd_a/images32.bin'], () => {
  test('hold what they should', async () => {
    for (const [path, count, classes] of [
      ['ood/tin_a', 5000, 100],
      ['ood/dtd_a', 600, 5],
    ] as const) {
      const dataset = await openDataset(
        { format: 'folder', path },
        { name: path, baseDirectory: realData(''), imageSize: 32 },
      )
      expect(dataset.count).toBe(count)
      expect(dataset.classes).toHaveLength(classes)
    }
  })
})
