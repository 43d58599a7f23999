import { relativeError, tolerance } from '@mode-ood/testing'
import { expect, test } from 'vitest'
import { alpaProblem, inputOf, matrices, runAlpa, sparseFeatures } from '../alpa-problem.test.fixture.ts'

interface Extents {
  readonly height: number
  readonly width: number
}

const [images, channels] = [4, 5]

/** The pixels of every window of PyTorch's adaptive average pooling, row by row. */
function windowsOf({ height, width }: Extents, grid: Extents): number[][] {
  const along = (size: number, cells: number) =>
    Array.from({ length: cells }, (_, i) => {
      const [start, end] = [Math.floor((i * size) / cells), Math.ceil(((i + 1) * size) / cells)]
      return Array.from({ length: end - start }, (__, k) => start + k)
    })
  const columns = along(width, grid.width)
  return along(height, grid.height).flatMap((ys) =>
    columns.map((xs) => ys.flatMap((y) => xs.map((x) => y * width + x))),
  )
}

test.each([
  { height: 8, width: 8, grid: 4, cells: { height: 4, width: 4 } },
  { height: 7, width: 5, grid: 3, cells: { height: 3, width: 3 } },
  { height: 2, width: 9, grid: 4, cells: { height: 2, width: 4 } },
])(
  'a map of $height x $width under grid $grid is as its averages over $cells',
  async ({ height, width, grid, cells }) => {
    const values = sparseFeatures(images * height * width * channels, `grid ${grid}`)
    const windows = windowsOf({ height, width }, cells)
    const pixel = (image: number, at: number, channel: number) => (image * height * width + at) * channels + channel
    const averages = new Float64Array(images * windows.length * channels)
    const each = (visit: (cell: number, pixels: readonly number[]) => void) => {
      for (let cell = 0; cell < averages.length; cell++) {
        const [position, channel] = [Math.floor(cell / channels), cell % channels]
        const [image, window] = [Math.floor(position / windows.length), windows[position % windows.length]!]
        visit(
          cell,
          window.map((at) => pixel(image, at, channel)),
        )
      }
    }
    each((cell, pixels) => (averages[cell] = pixels.reduce((sum, at) => sum + values[at]!, 0) / pixels.length))

    const given = inputOf(alpaProblem({ images }))
    const pooled = await runAlpa({
      ...given,
      map: { shape: [images, cells.height, cells.width, channels], values: averages },
    })
    const whole = await runAlpa({ ...given, map: { shape: [images, height, width, channels], values } }, { grid })
    expect(relativeError([whole.loss], [pooled.loss])).toBeLessThan(tolerance.float32)
    for (const name of matrices.map((matrix) => `alpa.${matrix}`)) {
      expect(relativeError(whole.gradients[name]!, pooled.gradients[name]!), name).toBeLessThan(1e-4)
    }
    const shares = new Float64Array(values.length)
    each((cell, pixels) => {
      for (const at of pixels) shares[at]! += pooled.gradients['map']![cell]! / pixels.length
    })
    expect(relativeError(whole.gradients['map']!, shares)).toBeLessThan(1e-4)
  },
)

test('a map no larger than the grid stays as it is', async () => {
  const given = inputOf(alpaProblem({ positions: 9 }))
  const [under, at] = [await runAlpa(given, { grid: 7 }), await runAlpa(given, { grid: 3 })]
  expect(under).toEqual(at)
})
