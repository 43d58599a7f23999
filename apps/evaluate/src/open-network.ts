import { createHash } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { InvalidOptionError } from '@mode-ood/core'
import { openDataset, type Dataset, type DatasetConfig } from '@mode-ood/data'
import { openModel, type Model } from '@mode-ood/inference'
import type { NetworkConfiguration } from './configuration-schema.ts'
import { describeEnvironment } from './environment.ts'
import type { EvaluateOptions } from './evaluate.ts'
import type { FeatureOrigin } from './feature-origin.ts'
import { loadFeatures, type FeatureSource } from './features.ts'
import { hashFile } from './hash-file.ts'
import { modelOptions } from './model-options.ts'
import type { NamedSet } from './sets-of-run.ts'
import type { StoredOutput } from './stored-output.ts'

const stored: readonly StoredOutput[] = ['logits', 'embedding', 'views']

/**
 * A network that is run over the images of sets.
 *
 * @throws InvalidFileError or InvalidOptionError when it cannot be opened, or takes no square images.
 */
export async function openNetwork(
  config: NetworkConfiguration,
  directory: string,
  options: EvaluateOptions,
): Promise<FeatureOrigin> {
  const model = (await openModel(modelOptions(config, directory, options.threads))) as Model
  const imageSize = await squareSize(model)
  const { mean, std } = config
  const file = modelFile(config)
  const opened = new Map<string, Dataset>()
  let source: Omit<FeatureSource, 'outputs'> | undefined
  const open = async ({ name, config: set }: NamedSet): Promise<void> => {
    const common = { name, baseDirectory: directory, imageSize, skipCorrupt: options.skipCorrupt }
    opened.set(name, await openDataset(set as DatasetConfig, { ...common, checkLabels: name.startsWith('id.') }))
  }
  return {
    name: model.name,
    outputs: model.outputs,
    ...(model.head && { head: model.head }),
    classes: model.classes,
    async prepare(sets) {
      for (const set of sets) await open(set)
    },
    async featuresOf({ name }, needs) {
      source ??= { model, modelHash: await hashOf(config, directory), mean, std, ...options }
      return loadFeatures(opened.get(name)!, { ...source, outputs: stored.filter((output) => needs.has(output)) })
    },
    summary: async () => ({
      description: 'architecture' in config ? `${config.architecture}, ${basename(file)}` : basename(file),
      hash: await hashFile(resolve(directory, file)),
      classes: model.classes,
      inputSize: imageSize,
      mean,
      std,
    }),
    close: () => model.close(),
  }
}

/** SHA-256 of whatever decides the outputs of a network beside the images. */
async function hashOf(config: NetworkConfiguration, directory: string): Promise<string> {
  const { checkpoint: _, onnx: __, mean: ___, std: ____, ...graph } = { checkpoint: '', onnx: '', ...config }
  const { modeOod, onnxruntime } = await describeEnvironment()
  const file = await hashFile(resolve(directory, modelFile(config)))
  return createHash('sha256')
    .update(JSON.stringify([file, graph, modeOod, onnxruntime]))
    .digest('hex')
}

/** Images are cut or squashed to squares, so the model must take them. */
async function squareSize({ name, inputSize: { height, width }, close }: Model): Promise<number> {
  if (height === width) return height
  await close()
  throw new InvalidOptionError(
    `${name} takes images of ${height} x ${width} pixels, and only square inputs are supported`,
  )
}

const modelFile = (config: NetworkConfiguration): string => ('checkpoint' in config ? config.checkpoint : config.onnx)
