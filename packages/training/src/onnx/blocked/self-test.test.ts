import { expect, test } from 'vitest'
import type { GraphLayout } from '../graph-layout.ts'
import { blockedLayout } from './blocked-layout.ts'
import { probeBlockSize } from './block-size.ts'
import { selfTest } from './self-test.ts'

const block = (await probeBlockSize())!
const layout = blockedLayout(block)

test('finds nothing where the layout suits the machine', async () => {
  expect(await selfTest(layout)).toBeUndefined()
})

test('finds blocks of a size that the kernels do not have', async () => {
  expect(await selfTest(blockedLayout(block === 8 ? 16 : 8))).toMatch(
    /^its self-test failed on onnxruntime 1\.30\.0: \S+ differs from plain operators' by 0\.\d+$/,
  )
})

test.each<[string, Partial<GraphLayout>]>([
  [
    'an optimiser that mistakes its terms',
    { multiplyAdd: (graph, { factor, x, y }, name) => layout.multiplyAdd(graph, { factor, x: y, y: x }, name) },
  ],
  [
    'a shortcut that is left out',
    {
      maps(tape, options) {
        const maps = layout.maps(tape, options)
        return { ...maps, normalize: (input, name, { relu }) => maps.normalize(input, name, { relu }) }
      },
    },
  ],
  ['nodes that the runtime does not know', { domains: {} }],
])('finds %s', async (_, fault) => {
  expect(await selfTest({ ...layout, ...fault })).toMatch(/^its self-test failed on onnxruntime/)
})
