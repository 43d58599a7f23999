import { InvalidInputError, InvalidOptionError, type FeatureBank, type Matrix } from '@mode-ood/core'
import { checkMatrix, createDriverBank, type BankExtent, type StoredVectors } from '@mode-ood/feature-bank/driver'
import { Collection } from './collection.ts'
import { connect } from './connect.ts'
import { searchCollection } from './search-collection.ts'

/** Which collection of which Milvus holds the bank. */
export interface MilvusBankOptions {
  /** Where Milvus listens: `host:19530`, or an `https://` address. */
  readonly address: string
  /** The collection, created by the first `add`; one that is there already goes on as it is. */
  readonly collection: string
  /** `user:password`, or an API key. */
  readonly token?: string | undefined
  /** Its database; Milvus's default one unless given. */
  readonly database?: string | undefined
  /** How often a call that was not answered is made again; 5 unless given. */
  readonly retries?: number | undefined
  /** Milliseconds before it is made again the first time, doubled each time; 200 unless given. */
  readonly retryDelayMs?: number | undefined
  /** Bytes of vectors in one message; 32 MB unless given, of the 64 MB that Milvus takes. */
  readonly messageBytes?: number | undefined
  /** Milliseconds that one call may take; ten minutes unless given, for a search reads everything. */
  readonly timeoutMs?: number | undefined
}

/** The most components a vector of Milvus has. */
const mostComponents = 32_768

/**
 * Opens the bank in a collection of Milvus: a FLAT index, read with strong consistency. Results are those of a float64 brute
 * force where Milvus ranks by squared differences in float32, as it does on CPUs. One process at a time may add.
 *
 * @throws InvalidOptionError for options that name no Milvus or no collection.
 * @throws InvalidInputError for a collection of something else.
 * @throws ModeOodError where Milvus cannot be reached, or refuses.
 *
 * @example
 * const bank = await createMilvusBank({ address: 'localhost:19530', collection: 'imagenet' })
 */
export async function createMilvusBank(options: MilvusBankOptions): Promise<FeatureBank> {
  const { address, collection: name, token, database, retries = 5, retryDelayMs = 200, timeoutMs = 600_000 } = options
  const { messageBytes = 32 * 2 ** 20 } = options
  if (!address)
    throw new InvalidOptionError('milvus bank: address must say where Milvus listens, such as localhost:19530')
  for (const [option, value] of Object.entries({ retries, retryDelayMs, timeoutMs, messageBytes })) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new InvalidOptionError(`milvus bank: ${option} is ${value} and must be a whole number`)
    }
  }
  const client = await connect({ address, token, database, timeoutMs })
  const collection = new Collection(client, name, { retries, firstWaitMs: retryDelayMs }, messageBytes)
  try {
    await collection.open()
    return await createDriverBank({
      extent: () => collection.extent(),
      append: (vectors, labels) => append(collection, vectors, labels),
      search: (queries, k) => searchCollection(collection, queries, k),
      readAll: async (read) => read(await readCollection(collection)),
      close: () => collection.close(),
    })
  } catch (error) {
    await collection.close()
    throw error
  }
}

/** Rows that do not count, of a call that ended in the middle, make room first. */
async function append(collection: Collection, vectors: Matrix, labels: Int32Array | undefined): Promise<BankExtent> {
  const { size, dimension, rows } = await collection.extent()
  checkMatrix('vectors', vectors, dimension)
  if (vectors.columns > mostComponents) {
    throw new InvalidInputError(
      `the vectors have dimension ${vectors.columns}, but Milvus takes at most ${mostComponents}`,
    )
  }
  if (size === 0) await collection.create(vectors.columns)
  else if (rows > size) await collection.removeFrom(size)
  await collection.insert(vectors, labels, size)
  return { size: size + vectors.rows, dimension: vectors.columns }
}

/** Everything that counts; vectors added meanwhile have later positions. */
async function readCollection(collection: Collection): Promise<StoredVectors> {
  const { size, dimension } = await collection.extent()
  const most = collection.mostRows(Math.max(1, dimension))
  const labels: Int32Array[] = []
  let labelled = true
  for (let from = 0; labelled && from < size; from += most) {
    const { labels: some } = await collection.read(from, Math.min(size, from + most), dimension)
    if (some) labels.push(some)
    else labelled = false
  }
  return {
    size,
    dimension,
    labels: labelled ? labels : undefined,
    async *pieces(start, end) {
      for (let from = start; from < end; from += most) {
        yield (await collection.read(from, Math.min(end, from + most), dimension)).vectors
      }
    },
  }
}
