import { InvalidFileError, InvalidOptionError } from '@mode-ood/core'
import { dataTypeOf, graphOf, type ModelProto, type ValueInfoProto } from '@mode-ood/onnx-graph'
import type { ImageSize } from '../model.ts'

/** How a model takes its images. */
export interface ImageInput {
  readonly name: string
  readonly layout: 'NCHW' | 'NHWC'
  readonly type: 'float32' | 'float16'
  readonly size: ImageSize
  readonly fixedBatch: number | undefined
}

/**
 * The input of a model that takes images: the only one, of float elements and four axes. Channels come second unless the
 * last axis has three and the second has not.
 *
 * @param asked size of the images where the graph leaves it open.
 * @throws InvalidFileError for a model that takes something else; InvalidOptionError where the size is open or another.
 */
export function findImageInput(model: ModelProto, file: string, asked: ImageSize | undefined): ImageInput {
  const graph = graphOf(model)
  const constants = new Set(graph.initializer.map(({ name }) => name))
  const inputs = graph.input.filter(({ name }) => !constants.has(name))
  const input = inputs[0]
  if (!input || inputs.length > 1) {
    const names = inputs.map(({ name }) => name).join(', ')
    throw new InvalidFileError(file, `takes ${inputs.length} inputs (${names}), but one input of images was expected`)
  }
  const { type, extents } = tensorType(input)
  if ((type !== 'float32' && type !== 'float16') || extents.length !== 4) {
    const found = `${type ?? 'another type'} with ${extents.length} axes`
    throw new InvalidFileError(
      file,
      `its input ${input.name} is ${found}, but images as floats with 4 axes were expected`,
    )
  }
  const layout = extents[3] === 3 && extents[1] !== 3 ? 'NHWC' : 'NCHW'
  const [channels, height, width] = layout === 'NHWC' ? [extents[3], extents[1], extents[2]] : extents.slice(1)
  if (channels !== undefined && channels !== 3) {
    throw new InvalidFileError(file, `takes images of ${channels} channels, but 3 (red, green, blue) were expected`)
  }
  return { name: input.name, layout, type, size: imageSize(file, asked, height, width), fixedBatch: extents[0] }
}

function imageSize(file: string, asked: ImageSize | undefined, height?: number, width?: number): ImageSize {
  const size = { height: height ?? asked?.height, width: width ?? asked?.width }
  if (size.height === undefined || size.width === undefined) {
    throw new InvalidOptionError(`${file} leaves the size of its images open: give inputSize`)
  }
  if (asked && (asked.height !== size.height || asked.width !== size.width)) {
    throw new InvalidOptionError(
      `${file} takes images of ${size.height} x ${size.width}, but inputSize is ${asked.height} x ${asked.width}`,
    )
  }
  return { height: size.height, width: size.width }
}

/** Element type and extents of an input; an open extent is undefined. */
function tensorType({ type }: ValueInfoProto) {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : undefined
  const extents = (tensor?.shape?.dim ?? []).map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : undefined,
  )
  return { type: tensor && dataTypeOf(tensor.elemType), extents }
}
