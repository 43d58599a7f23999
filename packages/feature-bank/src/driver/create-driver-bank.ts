import { InvalidInputError, type FeatureBank, type Matrix, type Neighbors } from '@mode-ood/core'
import { checkLabels } from '../check-labels.ts'
import { checkMatrix } from '../check-matrix.ts'
import { openFeatureBank } from '../create-feature-bank.ts'
import { createSerialQueue } from '../serial-queue.ts'

/** How many vectors there are, and of what length; 0 until the first are added. */
export interface BankExtent {
  readonly size: number
  readonly dimension: number
}

/** All that a storage holds, as it is at one moment. */
export interface StoredVectors extends BankExtent {
  /** One a vector, or undefined where any vector has none. */
  readonly labels: readonly Int32Array[] | undefined
  /** Rows [from, to), row-major, in pieces of whole rows; a piece is valid until the next is asked for. */
  pieces(from: number, to: number): AsyncIterable<Float32Array>
}

/**
 * Where a driver keeps vectors. The bank around it has copied what it hands over and checked vectors and labels; calls
 * never overlap. Others may add to the same storage at the same time, so that its extent is asked for again in every call.
 */
export interface BankStorage {
  extent(): Promise<BankExtent>
  /** Appends all vectors or none, and says what there is then. */
  append(vectors: Matrix, labels: Int32Array | undefined): Promise<BankExtent>
  /** The k nearest of every query, once `checkSearch` has passed for what the storage holds now. */
  search(queries: Matrix, k: number): Promise<Neighbors>
  /** Hands over everything, to be read until the promise of `read` settles. */
  readAll(read: (vectors: StoredVectors) => Promise<void>): Promise<void>
  /** Lets go of the storage; what it holds stays. */
  close(): Promise<void>
}

/**
 * A feature bank around a driver's storage: calls run one after the other on copies of their inputs, bad input is refused
 * before anything is sent, and `save` writes the portable format, which `reopen` opens without the storage.
 */
export async function createDriverBank(storage: BankStorage): Promise<FeatureBank> {
  let extent = await storage.extent()
  let closing: Promise<void> | undefined
  const enqueue = createSerialQueue()
  const whileOpen = <T>(task: () => Promise<T>): Promise<T> =>
    closing ? Promise.reject(new InvalidInputError('the feature bank is closed')) : enqueue(task)

  const search = (queries: Matrix, k: number): Promise<Neighbors> => {
    const copy = copyMatrix(queries)
    return whileOpen(() => storage.search(copy, k))
  }

  return {
    get size() {
      return extent.size
    },
    get dimension() {
      return extent.dimension
    },
    add(vectors, labels) {
      const copy = copyMatrix(vectors)
      const copiedLabels = labels?.slice()
      return whileOpen(async () => {
        checkMatrix('vectors', copy, extent.dimension)
        checkLabels(copy.rows, copiedLabels)
        if (copy.rows > 0) extent = await storage.append(copy, copiedLabels)
      })
    },
    search,
    async kthDistance(queries, k) {
      const { distances } = await search(queries, k)
      return Float64Array.from({ length: queries.rows }, (_, row) => distances[row * k + k - 1]!)
    },
    save: (directory) =>
      whileOpen(async () => {
        const { writeBank } = await import('../node/write-bank.ts')
        await storage.readAll(async (store) => {
          await writeBank(directory, { store })
        })
      }),
    reopen: (directory) => openFeatureBank(directory),
    close() {
      closing ??= enqueue(() => storage.close())
      return closing
    },
  }
}

function copyMatrix({ rows, columns, data }: Matrix): Matrix {
  return { rows, columns, data: data.slice() }
}
