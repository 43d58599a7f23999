import { InvalidInputError, InvalidOptionError, type Matrix } from '@mode-ood/core'
import type { BankExtent } from '@mode-ood/feature-bank/driver'
import { ConsistencyLevelEnum, DataType, type MilvusClient } from '@zilliz/milvus2-sdk-node'
import { withRetries, type Retries } from './with-retries.ts'

/** The most rows that Milvus gives in one answer. */
const mostRows = 16_384
/** Milvus's code for a collection that is not there. */
const notFound = 100
/** Stands for no label: labels are 32-bit integers. */
const unlabelled = 2 ** 40

const fields = ['position', 'first', 'last', 'label', 'vector']
const types = ['Int64', 'Int64', 'Int64', 'Int64', 'FloatVector']

/** A row that Milvus found at the squared distance `score`. */
export interface FoundRow {
  readonly position: number
  readonly score: number
  readonly vector: Float32Array
}

/**
 * The collection of a bank. Its rows are vectors with their `position` as primary key and the positions `first` and `last` of
 * the call of `add` that brought them. Milvus has no transactions, so this is how a reader tells an `add` that ended in the
 * middle: positions come in order, and those of an `add` whose `last` is not there do not count.
 */
export class Collection {
  readonly #client: MilvusClient
  readonly #name: string
  readonly #retries: Retries
  readonly #messageBytes: number

  constructor(client: MilvusClient, name: string, retries: Retries, messageBytes: number) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,254}$/.test(name)) {
      throw new InvalidOptionError(
        `milvus bank: collection is "${name}", but names of Milvus are letters, digits and _, at most 255, and begin with no digit`,
      )
    }
    this.#client = client
    this.#name = name
    this.#retries = retries
    this.#messageBytes = messageBytes
  }

  /** The most rows one answer can hold. */
  mostRows(dimension: number): number {
    return Math.max(1, Math.min(mostRows, Math.floor(this.#messageBytes / (4 * dimension))))
  }

  /**
   * Makes an existing collection ready to be searched.
   *
   * @throws InvalidInputError for a collection of something else, or one with an approximate index.
   */
  async open(): Promise<void> {
    if ((await this.#dimension()) === 0) return
    const { index_descriptions: indices } = await this.#call('describing its index', () =>
      this.#client.describeIndex({ collection_name: this.#name }),
    )
    const index = Object.fromEntries(
      indices.find(({ field_name: field }) => field === 'vector')?.params.map(({ key, value }) => [key, value]) ?? [],
    )
    if (index['index_type'] !== 'FLAT' || index['metric_type'] !== 'L2') {
      throw new InvalidInputError(
        `the collection "${this.#name}" has the index ${index['index_type'] ?? 'none'} with the metric ${index['metric_type'] ?? 'none'}, but exact search needs FLAT with L2`,
      )
    }
    await this.#load()
  }

  /** What counts, and how many rows there are. */
  async extent(): Promise<BankExtent & { readonly rows: number }> {
    const dimension = await this.#dimension()
    if (dimension === 0) return { size: 0, dimension: 0, rows: 0 }
    const [counted] = await this.#query('', ['count(*)'])
    const rows = Number(counted?.['count(*)'] ?? 0)
    if (rows === 0) return { size: 0, dimension: 0, rows }
    const [newest] = await this.#query(`position == ${rows - 1}`, ['first', 'last'])
    if (!newest) {
      throw new InvalidInputError(`the collection "${this.#name}" has ${rows} rows, but not the position ${rows - 1}`)
    }
    const size = Number(newest['last']) === rows - 1 ? rows : Number(newest['first'])
    return { size, dimension: size === 0 ? 0 : dimension, rows }
  }

  /** Creates the collection; an empty one of another dimension gives way. */
  async create(dimension: number): Promise<void> {
    const existing = await this.#dimension()
    const name = { collection_name: this.#name }
    if (existing > 0) await this.#call('dropping it', async () => ({ status: await this.#client.dropCollection(name) }))
    await this.#call('creating it', async () => ({
      status: await this.#client.createCollection({
        ...name,
        // One shard: an insert is whole or not at all.
        shards_num: 1,
        consistency_level: 'Strong',
        fields: fields.map((field) => ({
          name: field,
          data_type: field === 'vector' ? DataType.FloatVector : DataType.Int64,
          is_primary_key: field === 'position',
          ...(field === 'vector' ? { dim: dimension } : {}),
        })),
      }),
    }))
    // Of a FLAT index Milvus keeps no approximate interim index, neither of growing segments nor of sealed ones.
    const index = { ...name, field_name: 'vector', index_type: 'FLAT', metric_type: 'L2' }
    await this.#call('creating its index', async () => ({ status: await this.#client.createIndex(index) }))
    await this.#load()
    // The SDK goes by the description it has seen last.
    await this.#dimension()
  }

  /** Sends rows in order, each message waited for; what was sent before is sent again as it was, not twice. */
  async insert(vectors: Matrix, labels: Int32Array | undefined, start: number): Promise<void> {
    const { rows, columns, data } = vectors
    const perMessage = this.mostRows(columns)
    const span = { first: start, last: start + rows - 1 }
    for (let from = 0; from < rows; from += perMessage) {
      const batch = Array.from({ length: Math.min(perMessage, rows - from) }, (_, i) => ({
        position: start + from + i,
        ...span,
        label: labels?.[from + i] ?? unlabelled,
        vector: Array.from(data.subarray((from + i) * columns, (from + i + 1) * columns)),
      }))
      await this.#call(`adding ${rows} vectors`, (failures) => {
        const request = { collection_name: this.#name, data: batch }
        return failures === 0 ? this.#client.insert(request) : this.#client.upsert(request)
      })
    }
  }

  /** Removes the rows from a position on. */
  async removeFrom(position: number): Promise<void> {
    await this.#call('removing what an interrupted call left', () =>
      this.#client.delete({ collection_name: this.#name, filter: `position >= ${position}` }),
    )
  }

  /** The `count` rows that Milvus puts first among those at positions below `size`. */
  async search(query: Float32Array, count: number, size: number): Promise<FoundRow[]> {
    const { results } = await this.#call('searching', () =>
      this.#client.search({
        collection_name: this.#name,
        anns_field: 'vector',
        data: [Array.from(query)],
        limit: count,
        metric_type: 'L2',
        filter: `position < ${size}`,
        output_fields: ['position', 'vector'],
        consistency_level: ConsistencyLevelEnum.Strong,
      }),
    )
    // One query's rows come as they are, or as the only element.
    return (results.flat() as unknown as Record<string, unknown>[]).map((row) => ({
      position: Number(row['position']),
      score: Number(row['score']),
      vector: Float32Array.from(row['vector'] as number[]),
    }))
  }

  /** Rows [from, to), at most `mostRows` of them, in order. */
  async read(
    from: number,
    to: number,
    dimension: number,
  ): Promise<{ vectors: Float32Array; labels: Int32Array | undefined }> {
    const rows = await this.#query(
      `position >= ${from} && position < ${to}`,
      ['position', 'label', 'vector'],
      to - from,
    )
    if (rows.length !== to - from) {
      throw new InvalidInputError(`the collection "${this.#name}" lacks some of the positions ${from} to ${to - 1}`)
    }
    const vectors = new Float32Array(rows.length * dimension)
    const labels = new Int32Array(rows.length)
    let labelled = true
    for (const row of rows) {
      const at = Number(row['position']) - from
      vectors.set(row['vector'] as number[], at * dimension)
      labelled &&= Number(row['label']) !== unlabelled
      labels[at] = Number(row['label'])
    }
    return { vectors, labels: labelled ? labels : undefined }
  }

  async close(): Promise<void> {
    await this.#client.closeConnection()
  }

  /** The dimension of the collection's vectors; 0 where there is none. */
  async #dimension(): Promise<number> {
    const name = { collection_name: this.#name }
    // Not `hasCollection`, which takes every error for an absence.
    const { schema, status } = await this.#call('describing it', async () => {
      const described = await this.#client.describeCollection(name)
      return described.status.code === notFound
        ? { ...described, status: { ...described.status, error_code: 0 } }
        : described
    })
    if (status.code === notFound) return 0
    const shape = schema.fields.map(({ name: field, data_type: type }) => `${field} ${type}`).join(', ')
    const expected = fields.map((field, i) => `${field} ${types[i]}`).join(', ')
    if (shape !== expected) {
      throw new InvalidInputError(
        `the collection "${this.#name}" is no feature bank: its fields are ${shape}, not ${expected}`,
      )
    }
    return Number(schema.fields.at(-1)!.dim)
  }

  async #load(): Promise<void> {
    await this.#call('loading it', async () => ({
      status: await this.#client.loadCollection({ collection_name: this.#name }),
    }))
  }

  async #query(filter: string, output: string[], limit?: number): Promise<Record<string, unknown>[]> {
    const { data } = await this.#call('reading', () =>
      this.#client.query({
        collection_name: this.#name,
        filter,
        output_fields: output,
        consistency_level: ConsistencyLevelEnum.Strong,
        ...(limit === undefined ? {} : { limit }),
      }),
    )
    return data
  }

  #call<T extends (Parameters<typeof withRetries>[2] extends (failures: number) => Promise<infer A> ? A : never)>(
    doing: string,
    call: (failures: number) => Promise<T>,
  ): Promise<T> {
    return withRetries(this.#retries, `${doing}, the collection "${this.#name}"`, call)
  }
}
