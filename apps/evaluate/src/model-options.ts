import { resolve } from 'node:path'
import type { OpenModelOptions } from '@mode-ood/inference'
import type { NetworkConfiguration } from './configuration-schema.ts'

/** What `openModel` takes for the network of a configuration in `directory`. */
export function modelOptions(
  config: NetworkConfiguration,
  directory: string,
  threads: number | null,
): OpenModelOptions {
  const { mean: _, std: __, ...model } = config
  const place =
    'checkpoint' in model
      ? { ...model, checkpoint: resolve(directory, model.checkpoint) }
      : { ...model, onnx: resolve(directory, model.onnx) }
  const given = Object.entries({ ...place, threads }).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(given) as unknown as OpenModelOptions
}
