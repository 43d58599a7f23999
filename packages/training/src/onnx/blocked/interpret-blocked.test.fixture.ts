import type { NodeContext, Values } from './interpret-graph.test.fixture.ts'

/** The runtime's own operators, by their definition: tensors are [count][channels / block][height][width][block]. */
export function interpretBlocked(operation: string, context: NodeContext, block: number): Values {
  const input = context.inputs[0]!
  switch (operation) {
    case 'ReorderInput':
      return pack(input, block)
    case 'GlobalAveragePool': {
      const [count, channels, height, width] = input.shape as Extents
      const plain = unpack(input, block)
      const means = Float64Array.from({ length: count! * channels! }, (_, i) => {
        const all = plain.data.subarray(i * height! * width!, (i + 1) * height! * width!)
        return all.reduce((sum, value) => sum + value, 0) / all.length
      })
      return pack({ shape: [count!, channels!, 1, 1], data: means }, block)
    }
    case 'Conv':
      return convolve(context, block)
    default:
      throw new Error(`the interpreter does not know ${operation}`)
  }
}

type Extents = [number, number, number, number]

function convolve(context: NodeContext, block: number): Values {
  const [input, filter, bias, sum] = context.inputs
  const [kernelRows, kernelColumns] = context.integers('kernel_shape') as [number, number]
  const [strideRows, strideColumns] = context.integers('strides') ?? [1, 1]
  const [dilationRows, dilationColumns] = context.integers('dilations') ?? [1, 1]
  const [top, left, bottom, right] = context.integers('pads') ?? [0, 0, 0, 0]
  const groups = context.integer('group', 1)
  const [count, channels, height, width] = input!.shape as Extents
  const outputs = filter!.shape[0]!
  const size = (extent: number, pads: number, kernel: number, dilation: number, stride: number) =>
    Math.floor((extent + pads - dilation * (kernel - 1) - 1) / stride) + 1
  const rows = size(height, top! + bottom!, kernelRows, dilationRows!, strideRows!)
  const columns = size(width, left! + right!, kernelColumns, dilationColumns!, strideColumns!)
  // fewer channels than a block are not blocked
  const isBlocked = channels >= block
  const plain = isBlocked ? unpack(input!, block) : input!
  const weights = unpackFilter(filter!, block, isBlocked && groups === 1)
  const shape: Extents = [count, outputs, rows, columns]
  const added = sum && unpack({ shape, data: sum.data }, block)
  const isRelu = context.text('activation') === 'Relu'
  const perGroup = channels / groups
  const data = new Float64Array(count * outputs * rows * columns)
  for (let place = 0; place < data.length; place++) {
    const column = place % columns
    const row = Math.floor(place / columns) % rows
    const output = Math.floor(place / (columns * rows)) % outputs
    const image = Math.floor(place / (columns * rows * outputs))
    const firstChannel = Math.floor(output / (outputs / groups)) * perGroup
    let total = (bias?.data[output] ?? 0) + (added?.data[place] ?? 0)
    for (let channel = 0; channel < perGroup; channel++) {
      for (let i = 0; i < kernelRows; i++) {
        const y = row * strideRows! + i * dilationRows! - top!
        if (y < 0 || y >= height) continue
        for (let j = 0; j < kernelColumns; j++) {
          const x = column * strideColumns! + j * dilationColumns! - left!
          if (x < 0 || x >= width) continue
          const weight = weights[((output * perGroup + channel) * kernelRows + i) * kernelColumns + j]!
          total += weight * plain.data[((image * channels + firstChannel + channel) * height + y) * width + x]!
        }
      }
    }
    data[place] = isRelu ? Math.max(0, total) : total
  }
  return pack({ shape, data }, block)
}

/** [outputs / block][inputs / block][kernel][block inputs][block outputs], or with inputs one by one, to [outputs, inputs, kernel]. */
function unpackFilter({ shape, data }: Values, block: number, areInputsBlocked: boolean): Float64Array {
  const [outputs, inputs, rows, columns] = shape as Extents
  const taps = rows * columns
  const inBlock = areInputsBlocked ? block : 1
  const dense = new Float64Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const output = (i % block) + Math.floor(i / (block * inputs * taps)) * block
    const input =
      (Math.floor(i / block) % inBlock) + (Math.floor(i / (block * inBlock * taps)) % (inputs / inBlock)) * inBlock
    const tap = Math.floor(i / (block * inBlock)) % taps
    dense[(output * inputs + input) * taps + tap] = data[i]!
  }
  if (outputs % block !== 0) throw new Error(`${outputs} outputs are no multiple of ${block}`)
  return dense
}

function pack(plain: Values, block: number): Values {
  return { shape: plain.shape, data: reorder(plain, block, (dense, blocked, to) => (to[blocked] = plain.data[dense]!)) }
}

function unpack(values: Values, block: number): Values {
  return {
    shape: values.shape,
    data: reorder(values, block, (dense, blocked, to) => (to[dense] = values.data[blocked]!)),
  }
}

function reorder(
  { shape, data }: Values,
  block: number,
  copy: (dense: number, blocked: number, to: Float64Array) => void,
): Float64Array {
  const [, channels, height, width] = shape as Extents
  if (channels % block !== 0) throw new Error(`${channels} channels are no multiple of ${block}`)
  const pixels = height * width
  const to = new Float64Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const pixel = i % pixels
    const channel = Math.floor(i / pixels) % channels
    const image = Math.floor(i / (pixels * channels))
    const blockStart = (image * channels + channel - (channel % block)) * pixels
    copy(i, blockStart + pixel * block + (channel % block), to)
  }
  return to
}
