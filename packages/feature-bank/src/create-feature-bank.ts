import { createBank, type BankContents, type LocalFeatureBank } from './bank.ts'
import { chooseEngine } from './choose-engine.ts'
import { checkOptions, type FeatureBankOptions } from './feature-bank-options.ts'

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
 * Opens a bank that `save` has written (Node only). Everything is read and its hashes are checked.
 *
 * @throws InvalidFileError naming the file that is missing, torn or foreign.
 */
export async function openFeatureBank(directory: string, options: FeatureBankOptions = {}): Promise<LocalFeatureBank> {
  checkOptions(options)
  const { readBank } = await import('./node/read-bank.ts')
  return assembleBank(options, await readBank(directory))
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
