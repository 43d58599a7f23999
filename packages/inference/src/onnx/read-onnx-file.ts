import { dirname, isAbsolute, join } from 'node:path'
import { InvalidFileError } from '@mode-ood/core'
import { decodeModel, graphOf, type ModelProto, type TensorProto } from '@mode-ood/onnx-graph'
import { readFile } from '../read-file.ts'

const externalLocation = 1

/**
 * Reads an .onnx file with the weights that large models keep in files beside it.
 *
 * @throws InvalidFileError for a file that is missing, torn or no ONNX model, or whose weights are not where it says.
 */
export async function readOnnxFile(file: string): Promise<ModelProto> {
  const model = decodeModel(await readFile(file), { file })
  const { initializer, node } = graphOf(model)
  const constants = [...initializer, ...node.flatMap(({ attribute }) => attribute.flatMap(({ t }) => t ?? []))]
  const files = new Map<string, Uint8Array>()
  for (const tensor of constants) {
    if (tensor.dataLocation === externalLocation) await inline(tensor, file, files)
  }
  return model
}

/** Puts data kept in another file into the tensor (as a view), as if they had been there. */
async function inline(tensor: TensorProto, file: string, files: Map<string, Uint8Array>): Promise<void> {
  const {
    location = '',
    offset = '0',
    length,
  } = Object.fromEntries(tensor.externalData.map(({ key, value }) => [key, value]))
  if (location === '' || isAbsolute(location) || location.split(/[/\\]/).includes('..')) {
    throw new InvalidFileError(file, `keeps ${tensor.name} in "${location}", which is not a file beside it or below`)
  }
  const bytes = files.get(location) ?? (await externalBytes(location, file))
  files.set(location, bytes)
  const end = length === undefined ? bytes.length : Number(offset) + Number(length)
  if (!(end <= bytes.length)) {
    throw new InvalidFileError(
      file,
      `keeps ${tensor.name} in ${location} up to byte ${end}, but that file has ${bytes.length} bytes`,
    )
  }
  tensor.rawData = bytes.subarray(Number(offset), end)
  tensor.externalData = []
  tensor.dataLocation = 0
}

async function externalBytes(location: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(join(dirname(file), location))
  } catch (cause) {
    throw new InvalidFileError(file, `keeps its weights in ${location}, which is missing beside it or not readable`, {
      cause,
    })
  }
}
