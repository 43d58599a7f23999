import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { temporaryDirectory } from '@mode-ood/testing'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { run, smallConfiguration, smallEvaluation } from './command.test.fixture.ts'
import { shrinkImage } from './shrink-image.ts'

const shared = smallEvaluation()

async function evaluateInto(directory: string, ...args: string[]): Promise<string[]> {
  const file = join(directory, 'evaluate.json')
  writeFileSync(file, JSON.stringify(smallConfiguration(shared)))
  const output = join(directory, 'out')
  const { code, stderr } = await run('--config', file, '--no-cache', '--threads', '1', '--output', output, ...args)
  expect([code, stderr]).toEqual([0, expect.any(String)])
  return readdirSync(output)
}

test('every test image has its picture where images.json says', async () => {
  const directory = temporaryDirectory()
  expect(await evaluateInto(directory)).toContain('images-0000.webp')
  const list = JSON.parse(readFileSync(join(directory, 'out/images.json'), 'utf8')) as {
    tileSize: number
    side: number
    sets: { name: string; names: string[] }[]
  }
  expect(list.sets.map(({ name, names }) => [name, names.length])).toEqual([
    ['id.test', 32],
    ['other', 32],
  ])
  expect([list.tileSize, list.side]).toEqual([8, 16])
  // The 19th image of the second set is the 51st of all: fourth row, third column.
  expect(list.sets[1]!.names[18]).toMatch(/class-2\/2\.png$/)
  const sheet = sharp(join(directory, 'out/images-0000.webp'))
  const tile = await sheet.extract({ left: 16, top: 24, width: 8, height: 8 }).removeAlpha().raw().toBuffer()
  const image = await sharp(join(shared, 'other/class-2/2.png')).raw().toBuffer()
  const gap = (other: Uint8Array) => tile.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / tile.length
  const neighbor = await sharp(join(shared, 'other/class-2/3.png')).raw().toBuffer()
  // WebP of noise is rough, but nearer to its image than to any other.
  expect(gap(image)).toBeLessThan(0.75 * gap(neighbor))
})

test('--no-pictures keeps none', async () => {
  expect(
    (await evaluateInto(temporaryDirectory(), '--no-pictures')).filter((name) => name.startsWith('images')),
  ).toEqual([])
})

test('a smaller picture is the mean of the areas', () => {
  const data = Uint8Array.from({ length: 4 * 2 * 3 }, (_, i) => Math.floor(i / 3) * 10 + (i % 3))
  // Rows of 4 pixels: 0 10 20 30 / 40 50 60 70.
  expect([...shrinkImage({ height: 2, width: 4, data }, 2)]).toEqual([5, 6, 7, 25, 26, 27, 45, 46, 47, 65, 66, 67])
  expect([...shrinkImage({ height: 2, width: 2, data: data.subarray(0, 12) }, 1)]).toEqual([15, 16, 17])
})
