import { InvalidOptionError } from '@mode-ood/core'
import { createAutoEngine } from './auto-engine.ts'
import { createBank, type BankContents, type FeatureBankStats, type LocalFeatureBank } from './bank.ts'
import type { Engine } from './engine.ts'
import type { OnnxruntimeEngineOptions } from './node/onnxruntime-engine.ts'
import { createPlainEngine } from './plain-engine.ts'

/** How a bank searches. Results never depend on it. */
export interface FeatureBankOptions {
  /**
   * `plain`, in TypeScript on the calling thread, runs everywhere; `onnxruntime`, on worker threads, needs Node. `auto`, the
   * default, takes onnxruntime in Node for banks of more than a few thousand vectors.
   */
  readonly engine?: 'auto' | 'onnxruntime' | 'plain' | undefined
  /**
   * Numbers the onnxruntime engine rules vectors out by: 8-bit codes are several times as fast where they rule out enough,
   * which `auto`, the default, watches. Distances are float64 in any case.
   */
  readonly precision?: 'auto' | 'float32' | 'int8' | undefined
  /** Worker threads of the onnxruntime engine; the machine's cores unless given. */
  readonly threads?: number | undefined
}

const engines = ['auto', 'onnxruntime', 'plain']
const precisions = ['auto', 'float32', 'int8']

/**
 * Makes an empty bank. Its results are exact: those of a float64 brute force, whatever the engine.
 *
 * @throws InvalidOptionError for an unknown engine or a number of threads that is none.
 *
 * @example
 * const bank = await createFeatureBank()
 * await bank.add(createMatrix(3, 2, new Float32Array([0, 0, 3, 4, 6, 8])))
 * await bank.kthDistance(createMatrix(1, 2), 2) // Float64Array [25]
 */
export async function createFeatureBank(options: FeatureBankOptions = {}): Promise<LocalFeatureBank> {
  return assembleBank(options)
}

/**
 * Opens a bank that `save` has written (Node only). Everything is read and its hashes are checked.
 *
 * @throws InvalidFileError naming the file that is missing, torn or foreign.
 */
export async function openFeatureBank(directory: string, options: FeatureBankOptions = {}): Promise<LocalFeatureBank> {
  const { readBank } = await import('./node/read-bank.ts')
  return assembleBank(options, await readBank(directory))
}

function assembleBank(options: FeatureBankOptions, contents?: BankContents): LocalFeatureBank {
  const { engine = 'auto', precision = 'auto', threads } = options
  if (!engines.includes(engine)) {
    throw new InvalidOptionError(`feature bank: engine is "${engine}" and must be one of ${engines.join(', ')}`)
  }
  if (!precisions.includes(precision)) {
    throw new InvalidOptionError(
      `feature bank: precision is "${precision}" and must be one of ${precisions.join(', ')}`,
    )
  }
  if (threads !== undefined && !(Number.isSafeInteger(threads) && threads >= 1)) {
    throw new InvalidOptionError(`feature bank: threads is ${threads} and must be a whole number of at least 1`)
  }
  const { engine: chosen, stats } = chooseEngine(engine, { precision, threads })
  return createBank({
    engine: chosen,
    stats,
    async save(directory, contentsNow) {
      const { writeBank } = await import('./node/write-bank.ts')
      return writeBank(directory, contentsNow)
    },
    reopen: (directory) => openFeatureBank(directory, options),
    ...(contents ? { contents } : {}),
  })
}

function chooseEngine(
  engine: 'auto' | 'onnxruntime' | 'plain',
  options: OnnxruntimeEngineOptions,
): { engine: Engine; stats: () => FeatureBankStats } {
  if (engine === 'plain') return { engine: createPlainEngine(), stats: () => ({ engine: 'plain' }) }
  const start = async () => {
    const { createOnnxruntimeEngine } = await import('./node/onnxruntime-engine.ts')
    return createOnnxruntimeEngine(options)
  }
  if (engine === 'auto') {
    let stats: FeatureBankStats = { engine: 'plain' }
    const auto = createAutoEngine(start, (name, reason) => {
      stats = { engine: name, ...(reason ? { reason } : {}) }
    })
    return { engine: auto, stats: () => stats }
  }
  let started: Promise<Engine> | undefined
  return {
    engine: {
      name: 'onnxruntime',
      search: async (...call) => (await (started ??= start())).search(...call),
      close: async () => (await started)?.close(),
    },
    stats: () => ({ engine: 'onnxruntime' }),
  }
}
