import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import type { OpenModelOptions } from '@mode-ood/inference'
import { decodeModel, graphOf } from '@mode-ood/onnx-graph'

/** Copies the file of a model, with the files an ONNX model keeps weights in, and gives the options that open it from there. */
export async function copyModel(options: OpenModelOptions, directory: string): Promise<Record<string, unknown>> {
  const { threads: _, chunkSize: __, ...open } = options
  if (!('onnx' in open)) {
    const file = `model${extname(open.checkpoint) || '.safetensors'}`
    await copyFile(open.checkpoint, join(directory, file))
    return { ...open, checkpoint: file }
  }
  await copyFile(open.onnx, join(directory, 'model.onnx'))
  for (const location of await weightFiles(open.onnx)) {
    await mkdir(dirname(join(directory, location)), { recursive: true })
    await copyFile(join(dirname(open.onnx), location), join(directory, location))
  }
  return { ...open, onnx: 'model.onnx' }
}

/** Files beside an ONNX model, or below, that hold weights of it; that they are no others `openModel` has checked. */
async function weightFiles(file: string): Promise<Set<string>> {
  const { initializer, node } = graphOf(decodeModel(await readFile(file), { file }))
  const constants = [...initializer, ...node.flatMap(({ attribute }) => attribute.flatMap(({ t }) => t ?? []))]
  const places = constants.flatMap(({ externalData }) => externalData.filter(({ key }) => key === 'location'))
  return new Set(places.map(({ value }) => value))
}
