/** A map in float64, [count, channels, height, width], and what layers are by definition. */
export interface ReferenceMap {
  readonly shape: readonly [count: number, channels: number, height: number, width: number]
  readonly data: Float64Array
}

function mapOf(
  shape: ReferenceMap['shape'],
  value: (n: number, c: number, y: number, x: number) => number,
): ReferenceMap {
  const [count, channels, height, width] = shape
  const data = new Float64Array(count * channels * height * width)
  for (let i = 0; i < data.length; i++) {
    const c = Math.floor(i / (width * height)) % channels
    data[i] = value(Math.floor(i / (width * height * channels)), c, Math.floor(i / width) % height, i % width)
  }
  return { shape, data }
}

/** The value at a place, `outside` where there is none. */
function valueAt({ shape, data }: ReferenceMap, n: number, c: number, y: number, x: number, outside = 0): number {
  const [, channels, height, width] = shape
  if (c < 0 || c >= channels || y < 0 || y >= height || x < 0 || x >= width) return outside
  return data[((n * channels + c) * height + y) * width + x]!
}

/** `filter` is [outputs, inputs, kernel, kernel]. */
export function convolutionOf(
  input: ReferenceMap,
  filter: Float64Array,
  { kernel, stride }: { kernel: number; stride: number },
): ReferenceMap {
  const [count, inputs, height, width] = input.shape
  const pad = (kernel - 1) / 2
  const outputs = filter.length / (inputs * kernel * kernel)
  return mapOf([count, outputs, height / stride, width / stride], (n, o, y, x) => {
    let sum = 0
    for (let c = 0; c < inputs; c++) {
      for (let i = 0; i < kernel; i++) {
        for (let j = 0; j < kernel; j++) {
          const weight = filter[((o * inputs + c) * kernel + i) * kernel + j]!
          sum += weight * valueAt(input, n, c, y * stride + i - pad, x * stride + j - pad)
        }
      }
    }
    return sum
  })
}

export interface Normalization {
  readonly weight: Float64Array
  readonly bias: Float64Array
  readonly epsilon: number
  readonly relu: boolean
  readonly shortcut?: ReferenceMap | undefined
}

export function normalizationOf(input: ReferenceMap, options: Normalization): ReferenceMap {
  const { weight, bias, epsilon, relu, shortcut } = options
  const [count, channels, height, width] = input.shape
  const pixels = height * width
  const statistics = Array.from({ length: channels }, (_, c) => {
    const all = Array.from({ length: count }, (__, n) =>
      Array.from(input.data.subarray((n * channels + c) * pixels, (n * channels + c + 1) * pixels)),
    ).flat()
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length
    return { mean, variance: all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length }
  })
  return mapOf(input.shape, (n, c, y, x) => {
    const { mean, variance } = statistics[c]!
    const normalized = (valueAt(input, n, c, y, x) - mean) / Math.sqrt(variance + epsilon)
    const value = weight[c]! * normalized + bias[c]! + (shortcut ? valueAt(shortcut, n, c, y, x) : 0)
    return relu ? Math.max(0, value) : value
  })
}

export function maximaOf(input: ReferenceMap): ReferenceMap {
  const [count, channels, height, width] = input.shape
  const around = [-1, 0, 1]
  return mapOf([count, channels, height / 2, width / 2], (n, c, y, x) =>
    Math.max(
      ...around.flatMap((row) =>
        around.map((column) => valueAt(input, n, c, 2 * y + row, 2 * x + column, Number.NEGATIVE_INFINITY)),
      ),
    ),
  )
}

export function paddedShortcutOf(input: ReferenceMap, outputs: number, stride: number): ReferenceMap {
  const [count, channels, height, width] = input.shape
  const before = Math.floor((outputs - channels) / 2)
  return mapOf([count, outputs, height / stride, width / stride], (n, c, y, x) =>
    valueAt(input, n, c - before, y * stride, x * stride),
  )
}
