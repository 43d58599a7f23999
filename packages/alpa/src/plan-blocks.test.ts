import { expect, test } from 'vitest'
import { planBlocks } from './plan-blocks.ts'

test('a cache holds two images of a large batch, and half the workspace most answers', () => {
  const { blocks, kept } = planBlocks(256, 16, { workspaceMebibytes: 128 })
  expect(blocks).toEqual(Array(128).fill(2))
  // Half a MiB a tensor: eight at once, two more for every kept block.
  expect(kept).toBe(124)
})

test('the last block holds what is left', () => {
  expect(planBlocks(8, 4, { imagesAtOnce: 3 })).toEqual({ positions: 4, blocks: [3, 3, 2], kept: 3 })
  expect(planBlocks(8, 4, {}).blocks).toEqual([8])
})

test('blocks shrink to the workspace, to one image at least, and then nothing is kept', () => {
  const image = (8 * 16 * 4) / 2 ** 20
  expect(planBlocks(8, 4, { imagesAtOnce: 8, workspaceMebibytes: 8 * 2 * image })).toMatchObject({
    blocks: [2, 2, 2, 2],
    kept: 0,
  })
  expect(planBlocks(8, 4, { workspaceMebibytes: 1e-9 })).toMatchObject({ blocks: Array(8).fill(1), kept: 0 })
})
