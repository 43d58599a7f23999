import { InvalidInputError, type FeatureBank, type Matrix, type Neighbors } from '@mode-ood/core'
import { checkLabels } from './check-labels.ts'
import { checkMatrix } from './check-matrix.ts'
import { checkSearch } from './check-search.ts'
import type { Engine, EngineStats, Search } from './engine.ts'
import type { SavedBank } from './node/bank-manifest.ts'
import { createSerialQueue } from './serial-queue.ts'
import { VectorStore } from './vector-store.ts'

/** What a bank says about itself. */
export interface FeatureBankStats extends EngineStats {
  /** The engine that searches; under `auto` it depends on the bank's size. */
  readonly engine: Engine['name']
  /** Why `auto` cannot take onnxruntime; absent where it can, or need not. */
  readonly reason?: string
}

/** A bank in this process's memory. */
export interface LocalFeatureBank extends FeatureBank {
  reopen(directory: string): Promise<LocalFeatureBank>
  smallestKthDistance(queries: Matrix, k: number, rowsPerGroup: number): Promise<Float64Array>
  stats(): FeatureBankStats
}

/** What a bank is made of. */
export interface BankParts {
  readonly engine: Engine
  readonly reason?: string | undefined
  readonly save: (directory: string, contents: BankContents) => Promise<SavedBank>
  readonly reopen: (directory: string) => Promise<LocalFeatureBank>
  /** What the bank holds to begin with. */
  readonly contents?: BankContents
}

/** All that a bank holds, and all that is saved of it. */
export interface BankContents {
  readonly store: VectorStore | undefined
  /** Where its first vectors are saved already. */
  readonly saved?: SavedBank | undefined
}

/**
 * A bank around an engine: it holds the vectors, refuses bad input and runs calls one after the other, so that each sees
 * what was added before it was made. Inputs are copied when a call is made and may be changed after it.
 */
export function createBank({ engine, reason, save, reopen, contents }: BankParts): LocalFeatureBank {
  let store = contents?.store
  let saved = contents?.saved
  let closing: Promise<void> | undefined
  const enqueue = createSerialQueue()
  const whileOpen = <T>(task: () => T | Promise<T>): Promise<T> =>
    closing ? Promise.reject(new InvalidInputError('the feature bank is closed')) : enqueue(task)

  const search = (queries: Matrix, k: number, keep: Search['keep'], sharing = 1): Promise<Neighbors> => {
    const copy = copyMatrix(queries)
    return whileOpen(() => {
      checkSearch(store ?? { size: 0, dimension: 0 }, copy, k)
      if (copy.rows === 0) return { distances: new Float64Array(), indices: new Int32Array() }
      return engine.search(store!, { queries: copy, k, keep, sharing })
    })
  }

  return {
    get size() {
      return store?.size ?? 0
    },
    get dimension() {
      return store?.dimension ?? 0
    },
    add(vectors, newLabels) {
      const copy = copyMatrix(vectors)
      const copiedLabels = newLabels?.slice()
      return whileOpen(() => {
        checkMatrix('vectors', copy, store?.dimension ?? 0)
        checkLabels(copy.rows, copiedLabels)
        if (copy.rows === 0) return
        store ??= new VectorStore(copy.columns)
        store.append(copy.data, copiedLabels)
      })
    },
    search: (queries, k) => search(queries, k, 'all'),
    kthDistance: async (queries, k) => (await search(queries, k, 'kth')).distances,
    async smallestKthDistance(queries, k, rowsPerGroup) {
      checkGroups(queries, rowsPerGroup)
      return minima((await search(queries, k, 'kth', rowsPerGroup)).distances, rowsPerGroup)
    },
    save: (directory) =>
      whileOpen(async () => {
        saved = await save(directory, { store, saved })
      }),
    reopen,
    stats: () => ({ engine: engine.name, ...(reason ? { reason } : {}), ...engine.stats() }),
    close() {
      closing ??= enqueue(() => {
        store?.close()
        store = undefined
        return engine.close()
      })
      return closing
    },
  }
}

function copyMatrix({ rows, columns, data }: Matrix): Matrix {
  return { rows, columns, data: data.slice() }
}

function checkGroups({ rows }: Matrix, rowsPerGroup: number): void {
  if (!Number.isSafeInteger(rowsPerGroup) || rowsPerGroup < 1 || rows % rowsPerGroup !== 0) {
    throw new InvalidInputError(`${rows} queries do not divide into groups of ${rowsPerGroup}`)
  }
}

/** The smallest of every `length` consecutive values. */
function minima(values: Float64Array, length: number): Float64Array {
  return Float64Array.from({ length: values.length / length }, (_, group) =>
    values.subarray(group * length, (group + 1) * length).reduce((least, value) => Math.min(least, value)),
  )
}
