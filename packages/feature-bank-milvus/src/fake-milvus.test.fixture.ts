import { createRequire } from 'node:module'
import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import { onTestFinished } from 'vitest'

/** How a call fails: not at all reached, reached but not answered, or answered by a refusal. */
export type Failure =
  | { readonly kind: 'unreached' | 'unanswered'; readonly code: number }
  | { readonly kind: 'refused'; readonly reason: string; readonly retriable: boolean }

interface StoredRow {
  readonly position: number
  readonly [field: string]: unknown
  readonly vector: Float32Array
}

interface StoredCollection {
  readonly schema: Buffer
  rows: StoredRow[]
  index: { key: string; value: string }[]
  loaded: boolean
}

type Message = Record<string, unknown>

/** A column of rows. */
interface Column {
  readonly field_name: string
  readonly scalars?: { readonly long_data: { readonly data: readonly unknown[] } }
  readonly vectors?: { readonly dim: unknown; readonly float_vector: { readonly data: readonly number[] } }
}

const success = { error_code: 'Success', code: 0, reason: '', retriable: false }
/** What a real one takes. */
const mostBytes = 64 * 2 ** 20

/**
 * The part of Milvus that the driver speaks to, over gRPC with the protocol of the SDK: it keeps duplicates of a primary key
 * that are inserted, as Milvus does, ranks in float32, and fails on demand. It shows how the driver behaves, not how Milvus does.
 */
export class FakeMilvus {
  readonly collections: Map<string, StoredCollection> = new Map()
  /** Calls received, with the bytes of their messages. */
  readonly received: { method: string; bytes: number }[] = []
  readonly #failures = new Map<string, (Failure | undefined)[]>()
  readonly #server = new Server({ 'grpc.max_receive_message_length': mostBytes })
  #bytes = 0
  address = ''

  static async start(port = 0): Promise<FakeMilvus> {
    const fake = await FakeMilvus.startForGood(port)
    onTestFinished(() => fake.stop())
    return fake
  }

  /** One that outlives a test. */
  static async startForGood(port = 0): Promise<FakeMilvus> {
    const fake = new FakeMilvus()
    await fake.#listen(port)
    return fake
  }

  stop(): void {
    this.#server.forceShutdown()
  }

  /** The next calls of a method fail so, one after the other; undefined lets one pass. */
  fail(method: string, ...failures: (Failure | undefined)[]): void {
    this.#failures.set(method, failures)
  }

  count(method: string): number {
    return this.received.filter((call) => call.method === method).length
  }

  async #listen(port: number): Promise<void> {
    const require = createRequire(import.meta.url)
    const proto = require('@zilliz/milvus2-sdk-node/dist/milvus/proto-json/milvus') as { default: object }
    const options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true }
    const definitions = fromJSON(proto.default as never, options)
    const service = { ...(definitions['milvus.proto.milvus.MilvusService'] as ServiceDefinition) }
    const handlers = this.#handlers()
    const implementation: UntypedServiceImplementation = {}
    for (const [method, handle] of Object.entries(handlers)) {
      const definition = service[method]!
      service[method] = {
        ...definition,
        requestDeserialize: (bytes: Buffer) => {
          this.#bytes = bytes.length
          return definition.requestDeserialize(bytes)
        },
        responseSerialize: (answer: Message) =>
          // The schema is kept as the bytes it came in: field 2 of the answer.
          Buffer.concat([
            definition.responseSerialize(answer),
            schemaField(answer['schemaBytes'] as Buffer | undefined),
          ]),
      }
      implementation[method] = (call: { request: Message }, answer: (error: object | null, value?: object) => void) => {
        this.received.push({ method, bytes: this.#bytes })
        const failure = this.#failures.get(method)?.shift()
        if (failure?.kind === 'unreached') return answer({ code: failure.code, details: 'connection lost' })
        if (failure?.kind === 'refused') {
          const status = { error_code: 'UnexpectedError', code: 65535, ...failure }
          return answer(null, method.startsWith('Create') || method === 'LoadCollection' ? status : { status })
        }
        const value = handle(call.request)
        return failure ? answer({ code: failure.code, details: 'answer lost' }) : answer(null, value)
      }
    }
    this.#server.addService(service, implementation)
    const bound = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
        error ? reject(error) : resolve(at),
      )
    })
    this.address = `127.0.0.1:${bound}`
  }

  #handlers(): Record<string, (request: Message) => Message> {
    const { collections } = this
    const at = (request: Message): StoredCollection => {
      const collection = collections.get(request['collection_name'] as string)
      if (!collection) throw new Error(`no collection ${request['collection_name']}`)
      return collection
    }
    return {
      Connect: () => ({ status: success, server_info: { build_tags: '2.6.0' }, identifier: 1 }),
      GetVersion: () => ({ status: success, version: '2.6.0' }),
      CreateCollection: (request) => {
        const empty = { schema: request['schema'] as Buffer, rows: [], index: [], loaded: false }
        collections.set(request['collection_name'] as string, empty)
        return success
      },
      DropCollection: (request) => {
        collections.delete(request['collection_name'] as string)
        return success
      },
      DescribeCollection: (request) => {
        const schemaBytes = collections.get(request['collection_name'] as string)?.schema
        const missing = {
          error_code: 'CollectionNotExists',
          code: 100,
          reason: 'collection not found',
          retriable: false,
        }
        return { status: schemaBytes ? success : missing, schemaBytes }
      },
      CreateIndex: (request) => {
        at(request).index = request['extra_params'] as StoredCollection['index']
        return success
      },
      DescribeIndex: (request) => ({
        status: success,
        index_descriptions: [{ index_name: 'vector', field_name: 'vector', params: at(request).index }],
      }),
      LoadCollection: (request) => {
        at(request).loaded = true
        return success
      },
      GetLoadingProgress: () => ({ status: success, progress: 100 }),
      Insert: (request) => {
        const rows = rowsOf(request)
        at(request).rows.push(...rows)
        return { status: success, insert_cnt: rows.length }
      },
      Upsert: (request) => {
        const rows = rowsOf(request)
        const replaced = new Set(rows.map(({ position }) => position))
        const collection = at(request)
        collection.rows = [...collection.rows.filter(({ position }) => !replaced.has(position)), ...rows]
        return { status: success, upsert_cnt: rows.length }
      },
      Delete: (request) => {
        const collection = at(request)
        collection.rows = collection.rows.filter((row) => !passes(request['expr'] as string, row))
        return { status: success }
      },
      Query: (request) => queried(at(request), request),
      Search: (request) => searched(at(request), request),
    }
  }
}

function schemaField(schema: Buffer | undefined): Buffer {
  if (!schema) return Buffer.alloc(0)
  const length: number[] = []
  for (let rest = schema.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest)
    if (rest <= 127) break
  }
  return Buffer.concat([Buffer.from([0x12, ...length]), schema])
}

function rowsOf({ fields_data: fields, num_rows: count }: Message): StoredRow[] {
  return Array.from({ length: Number(count) }, (_, i) => {
    const row: Record<string, unknown> = {}
    for (const { field_name: name, scalars, vectors } of fields as Column[]) {
      if (vectors) {
        const dimension = Number(vectors.dim)
        row[name] = Float32Array.from(vectors.float_vector.data.slice(i * dimension, (i + 1) * dimension))
      } else row[name] = Number(scalars!.long_data.data[i])
    }
    return row as unknown as StoredRow
  })
}

/** Conditions on `position` joined by `&&`. */
function passes(expression: string, { position }: StoredRow): boolean {
  if (expression === '') return true
  return expression.split(' && ').every((condition) => {
    const [, operator, value] = /^position (==|>=|<) (\d+)$/.exec(condition)!
    const bound = Number(value)
    return operator === '==' ? position === bound : operator === '<' ? position < bound : position >= bound
  })
}

function fieldsOf(rows: readonly StoredRow[], names: readonly string[]): Message[] {
  return names.map((name) =>
    name === 'vector'
      ? {
          type: 'FloatVector',
          field_name: name,
          vectors: { dim: rows[0]?.vector.length ?? 1, float_vector: { data: rows.flatMap((row) => [...row.vector]) } },
        }
      : { type: 'Int64', field_name: name, scalars: { long_data: { data: rows.map((row) => row[name]) } } },
  )
}

function queried(collection: StoredCollection, request: Message): Message {
  const rows = collection.rows.filter((row) => passes(request['expr'] as string, row))
  const names = request['output_fields'] as string[]
  if (names[0] === 'count(*)') {
    const field = { type: 'Int64', field_name: 'count(*)', scalars: { long_data: { data: [rows.length] } } }
    return { status: success, fields_data: [field], output_fields: names }
  }
  return { status: success, fields_data: fieldsOf(rows, names), output_fields: names }
}

/** Equal distances come in the wrong order: last first. */
function searched(collection: StoredCollection, request: Message): Message {
  const query = placeholder(request['placeholder_group'] as Buffer)
  const parameters = Object.fromEntries((request['search_params'] as Message[]).map(({ key, value }) => [key, value]))
  const found = collection.rows
    .filter((row) => passes(request['dsl'] as string, row))
    .map((row) => ({ row, score: ranked(query, row.vector) }))
    .sort((a, b) => a.score - b.score || b.row.position - a.row.position)
    .slice(0, Number(parameters['topk']))
  const names = request['output_fields'] as string[]
  const rows = found.map(({ row }) => row)
  return {
    status: success,
    results: {
      num_queries: 1,
      top_k: rows.length,
      topks: [rows.length],
      scores: found.map(({ score }) => score),
      ids: { int_id: { data: rows.map(({ position }) => position) } },
      output_fields: names,
      fields_data: fieldsOf(rows, names),
    },
  }
}

function ranked(query: Float32Array, vector: Float32Array): number {
  let sum = 0
  for (let i = 0; i < query.length; i++) {
    const difference = Math.fround(query[i]! - vector[i]!)
    sum = Math.fround(sum + Math.fround(difference * difference))
  }
  return sum
}

/** The only vector of a PlaceholderGroup: field 1 holds it with its tag, its type and, as field 3, its values. */
function placeholder(group: Buffer): Float32Array {
  const bytes = fieldBytes(fieldBytes(group, 1), 3)
  return new Float32Array(new Uint8Array(bytes).buffer)
}

function fieldBytes(message: Buffer, wanted: number): Buffer {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++]!
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const value = varint()
    if ((tag & 7) !== 2) continue
    if (tag >> 3 === wanted) return message.subarray(at, at + value)
    at += value
  }
  throw new Error(`no field ${wanted}`)
}
