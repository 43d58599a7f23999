import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { temporaryDirectory } from '@mode-ood/testing'
import { describe, expect, test } from 'vitest'
import { decodeImage } from './decode-image.ts'

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
const pillow = JSON.parse(readFileSync(fixture('kinds.json'), 'utf8')) as Record<string, number[]>
const rgb = pillow['rgb.png']!

describe("decodeImage gives the pixels of Pillow's convert('RGB')", () => {
  for (const [file, pixels] of Object.entries(pillow)) {
    test(`${file}`, async () => {
      const image = await decodeImage(fixture(`kinds/${file}`))
      expect([image.width, image.height]).toEqual([6, 4])
      expect([...image.data]).toEqual(pixels)
    })
  }
})

describe('where it differs on purpose', () => {
  test('EXIF orientation 6 turns the image clockwise', async () => {
    const image = await decodeImage(fixture('kinds/turned.png'))
    expect([image.width, image.height]).toEqual([4, 6])
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 6; x++) {
        const turned = (x * 4 + 3 - y) * 3
        expect([...image.data.subarray(turned, turned + 3)]).toEqual(rgb.slice((y * 6 + x) * 3, (y * 6 + x) * 3 + 3))
      }
    }
  })

  test('16 bits are scaled to 8', async () => {
    const { data } = await decodeImage(fixture('kinds/grey16.png'))
    expect([...data]).toEqual(Array.from({ length: 72 }, (_, i) => (Math.floor(i / 3) * 2849) >> 8))
  })

  test('CMYK becomes RGB', async () => {
    expect((await decodeImage(fixture('kinds/cmyk.jpg'))).data.length).toBe(72)
  })
})

describe('what cannot be decoded is an error that names the file and why', () => {
  const photograph = readFileSync(fixture('kinds/rgb.jpg'))
  const picture = readFileSync(fixture('picture.png'))
  const flipped = Buffer.from(picture)
  flipped[1000]! ^= 0xff
  // The header of a PNG begins at byte 12; its width and height, and the check sum behind it, are replaced.
  const huge = Buffer.from(picture)
  huge.writeUInt32BE(20_000, 16)
  huge.writeUInt32BE(20_000, 20)
  huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29)
  const cases: [name: string, bytes: Uint8Array, reason: RegExp][] = [
    ['empty.jpg', new Uint8Array(0), /is empty \(0 bytes\)$/],
    ['truncated.jpg', photograph.subarray(0, photograph.length - 20), /damaged .*premature end/],
    ['truncated.png', picture.subarray(0, 3000), /damaged/],
    ['flipped.png', flipped, /damaged/],
    ['huge.png', huge, /has more pixels than are decoded, 268402689: make it smaller$/],
    ['text.png', Buffer.from('not an image'), /not an image .*unsupported image format/],
    ['picture.bmp', readFileSync(fixture('kinds/rgb.bmp')), /BMP images are not supported/],
  ]
  for (const [name, bytes, reason] of cases) {
    test(`${name}`, async () => {
      const file = join(temporaryDirectory(), name)
      writeFileSync(file, bytes)
      const error = await decodeImage(file).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ name: 'InvalidFileError', file })
      expect((error as Error).message).toMatch(reason)
      expect((error as Error).message).not.toContain('\n')
    })
  }

  test('absent, a folder', async () => {
    const directory = temporaryDirectory()
    await expect(decodeImage(join(directory, 'x.png'))).rejects.toThrow(/x\.png: does not exist$/)
    await expect(decodeImage(directory)).rejects.toThrow(/is not a file$/)
  })
})
