import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decodeImageBytes } from './decode-image.ts'

const image = sharp(Uint8Array.of(200, 10, 30), { raw: { width: 1, height: 1, channels: 3 } }).resize(16, 16)

test.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('decodes %s', async (format) => {
  const { width, height, data } = await decodeImageBytes(await image.clone().toFormat(format).toBuffer(), { name: 'x' })
  expect([width, height, data.length]).toEqual([16, 16, 768])
  expect(data[0]).toBeGreaterThan(150)
})

test.each([
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="red"/></svg>'],
  ['SVG behind a declaration', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
  ['PPM', 'P3 1 1 255 1 2 3'],
])('refuses %s, though sharp may read it', async (_, text) => {
  await expect(decodeImageBytes(Buffer.from(text), { name: 'sent' })).rejects.toThrow(
    'sent: is damaged or not an image (none of JPEG',
  )
})
