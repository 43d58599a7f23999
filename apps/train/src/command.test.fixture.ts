import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { captureCommand, type Outcome } from '@mode-ood/testing'
import { runCommand } from './run-command.ts'

/** The command in this process, with what it writes collected. */
export const run = (...args: string[]): Promise<Outcome> => captureCommand(runCommand, args)

/** Arguments of node that run the command from its sources. */
export const nodeArguments: readonly string[] = [
  '--import',
  'tsx',
  '--conditions=@mode-ood/source',
  fileURLToPath(new URL('./main.ts', import.meta.url)),
]

/** A training of seconds: 20 drawn images, batches of 4, two epochs of five steps. */
export const smallTraining = {
  model: { architecture: 'cifar-resnet20', classes: 10, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  id: { train: { format: 'demo', set: 'train', count: 20 } },
  loss: 'ce',
  optimizer: { learningRate: 0.05 },
  epochs: 2,
  batchSize: 4,
  seed: 7,
} as const

/** Writes a configuration as JSON and gives its path. */
export function writeConfiguration(directory: string, change: object = {}): string {
  const file = join(directory, 'small.json')
  writeFileSync(file, JSON.stringify({ ...smallTraining, ...change }))
  return file
}
