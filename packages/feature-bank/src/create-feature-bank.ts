import { InvalidOptionError } from '@mode-ood/core'
import { createBank, type BankContents, type LocalFeatureBank } from './bank.ts'
import { chooseEngine } from './choose-engine.ts'
import { checkOptions, type FeatureBankOptions, type OpenFeatureBankOptions } from './feature-bank-options.ts'

/**
 * Makes an empty bank. Its results are exact: those of a float64 brute force, whatever the engine.
 *
 * @throws InvalidOptionError for an option that is none, or an engine that cannot be had.
 *
 * @example
 * const bank = await createFeatureBank()
 * await bank.add(createMatrix(3, 2, new Float32Array([0, 0, 3, 4, 6, 8])))
 * await bank.kthDistance(createMatrix(1, 2), 2) // Float64Array [25]
 */
export async function createFeatureBank(options: FeatureBankOptions = {}): Promise<LocalFeatureBank> {
  checkOptions(options)
  return assembleBank(options)
}

/**
 * Opens a bank that `save` has written (Node only). Everything is read and its hashes are checked; with `memoryBudget`, what
 * does not fit stays on disk and is read as it is searched. Vectors prepared for search are kept beside the bank's shards.
 *
 * @throws InvalidFileError naming the file that is missing, torn or foreign; InvalidOptionError for a memoryBudget too small.
 */
export async function openFeatureBank(
  directory: string,
  options: OpenFeatureBankOptions = {},
): Promise<LocalFeatureBank> {
  checkOptions(options)
  const { engine, precision = 'auto', memoryBudget } = options
  if (memoryBudget !== undefined && engine === 'plain') {
    throw new InvalidOptionError('feature bank: engine "plain" keeps all in memory and takes no memoryBudget')
  }
  const { readBank } = await import('./node/read-bank.ts')
  const contents = await readBank(directory, { memoryBudget, precision: precision === 'float32' ? precision : 'int8' })
  return assembleBank(options, contents)
}

async function assembleBank(options: FeatureBankOptions, contents?: BankContents): Promise<LocalFeatureBank> {
  const { engine, reason } = await chooseEngine(options)
  return createBank({
    engine,
    reason,
    async save(directory, current) {
      const { writeBank } = await import('./node/write-bank.ts')
      return writeBank(directory, current)
    },
    reopen: (directory) => openFeatureBank(directory, options),
    ...(contents ? { contents } : {}),
  })
}
